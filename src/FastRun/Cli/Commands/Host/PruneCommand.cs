using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Engine.Networks;
using FastRun.Engine.Volumes;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun system prune</c>.</summary>
internal sealed class PruneCommand : Command
{
    private readonly PruneOptions _prune = new();
    private bool _all;
    private bool _volumes;

    internal override string Name => "system prune";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Remove unused data";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all", 'a', "Remove all unused images, not just dangling ones", value => _all = value),
        Option.Switch("volumes", '\0', "Prune anonymous volumes", value => _volumes = value),
        .. _prune.Build("until=TIME, label=KEY[=VALUE], label!=KEY[=VALUE]"),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_volumes && _prune.Until is not null)
        {
            throw EngineException.Invalid("the \"until\" filter is not supported with \"--volumes\"");
        }

        StateLayout layout = context.RequireLayout();
        if (!_prune.IsConfirmed(Warning(), context.Output))
        {
            return 0;
        }

        PrunedContainers containers = new PruneContainers(layout).Run(_prune.Filters, _prune.Until);
        PruneReport.Print(containers, context.Output);
        long bytes = containers.Bytes;
        if (_volumes)
        {
            PrunedVolumes volumes = new ManageVolumes(layout).Prune(all: false, VolumeFilter.OfPrune(_prune.Filters));
            PruneReport.Print(volumes, context.Output);
            bytes += volumes.Bytes;
        }

        PruneReport.Print(new ManageNetworks(layout).Prune(_prune.Filters, _prune.Until), context.Output);
        PrunedImages images = new PruneImages(layout).Run(_all, _prune.Filters, _prune.Until);
        PruneReport.Print(images, context.Output);
        if (PrunesBuildCache)
        {
            IReadOnlyList<BuildCacheEntry> cache = new BuildCacheUsage(layout).Prune(_all, BuildCacheFilter.Everything, _prune.Until, keepBytes: 0);
            PruneReport.Print(cache, context.Output);
            bytes += cache.Where(static entry => !entry.IsShared).Sum(static entry => entry.Bytes);
        }

        PruneReport.PrintTotal(bytes + images.Bytes, context.Output);
        return 0;
    }

    /// <summary>Nothing in it has labels: who asks for some of them does not mean it.</summary>
    private bool PrunesBuildCache => _prune.Texts.TrueForAll(static text => text.StartsWith("until=", StringComparison.Ordinal));

    private string Warning()
    {
        var lines = new List<string> { "This will remove:", "  - all stopped containers", "  - all networks not used by at least one container" };
        if (_volumes)
        {
            lines.Add("  - all anonymous volumes not used by at least one container");
        }

        lines.Add(_all ? "  - all images without at least one container associated to them" : "  - all dangling images");
        if (PrunesBuildCache)
        {
            lines.Add(_all ? "  - all build cache" : "  - unused build cache");
        }

        if (_prune.Texts.Count > 0)
        {
            lines.Add("\n  Items to be pruned will be filtered with:");
            lines.AddRange(_prune.Texts.ConvertAll(static text => "  - " + text));
        }

        return string.Join('\n', lines) + "\n";
    }
}
