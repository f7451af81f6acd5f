using System.Collections.Generic;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Documents;
using FastRun.Engine.Build.Cache;

namespace FastRun.Cli.Commands.Builds;

/// <summary><c>fastrun builder du</c>.</summary>
internal sealed class DiskUsageCommand : Command
{
    private readonly FilterOption _filters = new();

    internal override string Name => "builder du";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Show what builds keep on disk";

    internal override Option[] BuildOptions() => [_filters.Build("Show only some: id=PATTERN, type=WORD, description=TEXT, inuse=1, shared=1, private=1")];

    internal override int Run(CommandContext context, List<string> operands)
    {
        IReadOnlyList<BuildCacheEntry> entries = [.. new BuildCacheUsage(context.RequireLayout()).Measure().Where(BuildCacheFilter.Of(_filters.Terms).Matches)];
        context.Output.Write(BuildCacheTable.Format(entries));
        context.Output.WriteLine("Shared:\t\t" + HumanUnits.Size(entries.Where(static entry => entry.IsShared).Sum(static entry => entry.Bytes)));
        context.Output.WriteLine("Private:\t" + HumanUnits.Size(entries.Where(static entry => !entry.IsShared).Sum(static entry => entry.Bytes)));
        context.Output.WriteLine("Reclaimable:\t" + HumanUnits.Size(entries.Where(static entry => !entry.IsInUse).Sum(static entry => entry.Bytes)));
        context.Output.WriteLine("Total:\t\t" + HumanUnits.Size(entries.Sum(static entry => entry.Bytes)));
        return 0;
    }
}
