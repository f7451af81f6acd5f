using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;

namespace FastRun.Cli.Commands.Volumes;

/// <summary><c>fastrun volume prune</c>.</summary>
internal sealed class PruneCommand : Command
{
    private VolumeFilter _filter = new();
    private bool _all;
    private bool _allByFilter;
    private bool _force;

    internal override string Name => "volume prune";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Remove unused local volumes";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all", 'a', "Remove all unused volumes, not just anonymous ones", value => _all = value),
        new("filter", '\0', "filter", "Remove only some: label=KEY[=VALUE], label!=KEY[=VALUE], all=true", AddFilter),
        Option.Switch("force", 'f', "Do not prompt for confirmation", value => _force = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_all && _allByFilter)
        {
            throw EngineException.Invalid("conflicting options: cannot specify both --all and --filter all=1");
        }

        bool all = _all || _allByFilter;
        var manage = new ManageVolumes(context.RequireLayout());
        if (!_force && !Confirmation.Ask(
            all ? "This will remove all local volumes not used by at least one container."
                : "This will remove anonymous local volumes not used by at least one container.",
            context.Output))
        {
            return 0;
        }

        PrunedVolumes pruned = manage.Prune(all, _filter);
        PruneReport.Print(pruned, context.Output);
        PruneReport.PrintTotal(pruned.Bytes, context.Output);
        return 0;
    }

    private void AddFilter(string text)
    {
        (string key, string value) = Values.Filter(text);
        switch (key)
        {
            case "label":
                _filter = _filter with { Labels = [.. _filter.Labels, value] };
                break;
            case "label!":
                _filter = _filter with { AbsentLabels = [.. _filter.AbsentLabels, value] };
                break;
            case "all":
                _allByFilter = Values.Boolean(value);
                break;
            default:
                throw EngineException.Invalid($"invalid filter '{key}'");
        }
    }
}
