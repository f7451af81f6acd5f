using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Progress;

namespace FastRun.Cli.Output.Builds;

/// <summary>Shows how a build gets on.</summary>
internal abstract class BuildView : BuildObserver
{
    private (IReadOnlyList<CheckWarning> Warnings, string File, IReadOnlyList<string> Lines)? _warned;

    /// <summary>Whether all is told of each warning.</summary>
    internal bool ExpandsWarnings { get; init; }

    /// <summary>They are told at the end, where they are read.</summary>
    public override void Warned(IReadOnlyList<CheckWarning> warnings, string file, IReadOnlyList<string> lines) => _warned = (warnings, file, lines);

    /// <summary>Nothing more will come.</summary>
    internal virtual void End()
    {
    }

    /// <summary>Writes the warnings that were not written yet.</summary>
    private protected void WriteWarnings(OutputWriter output)
    {
        if (_warned is not { } warned)
        {
            return;
        }

        _warned = null;
        foreach (string line in WarningList.Of(warned.Warnings, warned.File, warned.Lines, ExpandsWarnings))
        {
            output.WriteLine(TerminalText.Escape(line));
        }

        output.Flush();
    }

    /// <summary>A time as BuildKit prints it.</summary>
    private protected static string Seconds(TimeSpan time, string format = "0.0") =>
        time.TotalSeconds.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
