using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Networks;

namespace FastRun.Cli.Commands.Networks;

/// <summary><c>fastrun network prune</c>.</summary>
internal sealed class PruneCommand : Command
{
    private readonly PruneOptions _prune = new();

    internal override string Name => "network prune";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Remove all unused networks";

    internal override Option[] BuildOptions() => _prune.Build("until=TIME, label=KEY[=VALUE], label!=KEY[=VALUE]");

    internal override int Run(CommandContext context, List<string> operands)
    {
        var manage = new ManageNetworks(context.RequireLayout());
        if (_prune.IsConfirmed("This will remove all custom networks not used by at least one container.", context.Output))
        {
            PruneReport.Print(manage.Prune(_prune.Filters, _prune.Until), context.Output);
        }

        return 0;
    }
}
