using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun container prune</c>.</summary>
internal sealed class PruneCommand : Command
{
    private readonly PruneOptions _prune = new();

    internal override string Name => "container prune";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Remove all stopped containers";

    internal override Option[] BuildOptions() => _prune.Build("until=TIME, label=KEY[=VALUE], label!=KEY[=VALUE]");

    internal override int Run(CommandContext context, List<string> operands)
    {
        var prune = new PruneContainers(context.RequireLayout());
        if (!_prune.IsConfirmed("This will remove all stopped containers.", context.Output))
        {
            return 0;
        }

        PrunedContainers pruned = prune.Run(_prune.Filters, _prune.Until);
        PruneReport.Print(pruned, context.Output);
        PruneReport.PrintTotal(pruned.Bytes, context.Output);
        return 0;
    }
}
