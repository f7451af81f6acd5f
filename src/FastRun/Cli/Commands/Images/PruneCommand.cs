using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun image prune</c>.</summary>
internal sealed class PruneCommand : Command
{
    private readonly PruneOptions _prune = new();
    private bool _all;

    internal override string Name => "image prune";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Remove unused images";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all", 'a', "Remove all unused images, not just dangling ones", value => _all = value),
        .. _prune.Build("until=TIME, label=KEY[=VALUE], label!=KEY[=VALUE], dangling=true"),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var prune = new PruneImages(context.RequireLayout());
        if (!_prune.IsConfirmed(
            _all ? "This will remove all images without at least one container associated to them." : "This will remove all dangling images.",
            context.Output))
        {
            return 0;
        }

        PrunedImages pruned = prune.Run(_all, _prune.Filters, _prune.Until);
        PruneReport.Print(pruned, context.Output);
        PruneReport.PrintTotal(pruned.Bytes, context.Output);
        return 0;
    }
}
