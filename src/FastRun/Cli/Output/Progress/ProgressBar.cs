using System;
using FastRun.Documents;

namespace FastRun.Cli.Output.Progress;

/// <summary>Docker's bar: <c>[=====&gt;     ]  12.3MB/45.6MB</c>.</summary>
internal static class ProgressBar
{
    private const int Steps = 50;

    internal static string Of(long current, long total)
    {
        int done = total <= 0 ? Steps : (int)Math.Clamp(current * Steps / total, 0, Steps);
        string bar = done == Steps ? new string('=', Steps) + ">" : new string('=', done) + ">" + new string(' ', Steps - done);
        return $"[{bar}]  {Amount(current, total)}";
    }

    internal static string Amount(long current, long total) => $"{HumanUnits.Size(current)}/{HumanUnits.Size(total)}";
}
