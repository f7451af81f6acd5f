using System.Collections.Generic;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Documents;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Containers.Syntax;

namespace FastRun.Cli.Commands.Builds;

/// <summary><c>fastrun builder prune</c>.</summary>
internal sealed class PruneCommand : Command
{
    private readonly PruneOptions _prune = new();
    private bool _all;
    private long _keep;

    internal override string Name => "builder prune";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Remove build cache";

    internal override Option[] BuildOptions()
    {
        Option keep = new("max-used-space", '\0', "bytes", "Remove, from what was used longest ago, only until no more than this is left", value => _keep = ByteSize.Parse(value));
        return
        [
            Option.Switch("all", 'a', "Remove also what images have, which loses nothing of them", value => _all = value),
            keep,
            keep.Alias("keep-storage"),
            .. _prune.Build("until=TIME, the time of its last use; id=PATTERN, type=WORD, description=TEXT, inuse=1, shared=1, private=1"),
        ];
    }

    internal override int Run(CommandContext context, List<string> operands)
    {
        BuildCacheFilter filter = BuildCacheFilter.Of(_prune.Filters);
        var cache = new BuildCacheUsage(context.RequireLayout());
        if (!_prune.IsConfirmed(
            _all ? "This will remove all build cache." : "This will remove all build cache that no image has.", context.Output))
        {
            return 0;
        }

        IReadOnlyList<BuildCacheEntry> removed = cache.Prune(_all, filter, _prune.Until, _keep);
        if (removed.Count > 0)
        {
            context.Output.Write(BuildCacheTable.Format(removed));
        }

        // What images have stays, so nothing is reclaimed by it.
        context.Output.WriteLine("Total:\t" + HumanUnits.Size(removed.Where(static entry => !entry.IsShared).Sum(static entry => entry.Bytes)));
        return 0;
    }
}
