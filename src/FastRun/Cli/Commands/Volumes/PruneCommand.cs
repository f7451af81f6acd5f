using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;

namespace FastRun.Cli.Commands.Volumes;

/// <summary><c>fastrun volume prune</c>.</summary>
internal sealed class PruneCommand : Command
{
    private readonly FilterOption _filter = new();
    private bool _all;
    private bool _force;

    internal override string Name => "volume prune";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Remove unused local volumes";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all", 'a', "Remove all unused volumes, not just anonymous ones", value => _all = value),
        _filter.Build("Remove only some: label=KEY[=VALUE], label!=KEY[=VALUE], all=true"),
        Option.Switch("force", 'f', "Do not prompt for confirmation", value => _force = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        VolumeFilter filter = VolumeFilter.OfPrune(_filter.Terms);
        if (_all && filter.Named == true)
        {
            throw EngineException.Invalid("conflicting options: cannot specify both --all and --filter all=1");
        }

        bool all = _all || filter.Named == true;
        var manage = new ManageVolumes(context.RequireLayout());
        if (!_force && !Confirmation.Ask(
            all ? "This will remove all local volumes not used by at least one container."
                : "This will remove anonymous local volumes not used by at least one container.",
            context.Output))
        {
            return 0;
        }

        PrunedVolumes pruned = manage.Prune(all, filter);
        PruneReport.Print(pruned, context.Output);
        PruneReport.PrintTotal(pruned.Bytes, context.Output);
        return 0;
    }
}
