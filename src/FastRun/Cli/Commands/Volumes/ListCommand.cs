using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Volumes;

namespace FastRun.Cli.Commands.Volumes;

/// <summary><c>fastrun volume ls</c>.</summary>
internal sealed class ListCommand : Command
{
    private const string Unknown = "N/A";

    private readonly FilterOption _filter = new();
    private string _format = "";
    private bool _quiet;

    internal override string Name => "volume ls";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "List volumes";

    internal override Option[] BuildOptions() =>
    [
        _filter.Build("Show only some: dangling=true|false, driver=NAME, label=KEY[=VALUE], name=PART", 'f'),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
        Option.Switch("quiet", 'q', "Only display volume names", value => _quiet = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        IReadOnlyList<VolumeSummary> volumes = new ManageVolumes(context.RequireLayout()).List(VolumeFilter.OfList(_filter.Terms));
        if (_quiet && _format is "" or "table")
        {
            foreach (VolumeSummary volume in volumes)
            {
                context.Output.WriteLine(volume.Name);
            }

            return 0;
        }

        ListFormat.Print(_format, "{{.Driver}}\t{{.Name}}", Headers(), volumes.Select(Row), context.Output);
        return 0;
    }

    private static JsonObject Row(VolumeSummary volume) => new()
    {
        ["Availability"] = Unknown,
        ["Driver"] = volume.Driver,
        ["Group"] = Unknown,
        ["Labels"] = string.Join(',', volume.Labels.Select(static label => $"{label.Key}={label.Value}")),
        ["Links"] = Unknown,
        ["Mountpoint"] = volume.Mountpoint,
        [nameof(VolumeSummary.Name)] = volume.Name,
        ["Scope"] = "local",
        ["Size"] = Unknown,
        ["Status"] = Unknown,
    };

    private static JsonObject Headers() => new()
    {
        ["Availability"] = "AVAILABILITY",
        ["Driver"] = "DRIVER",
        ["Group"] = "GROUP",
        ["Labels"] = "LABELS",
        ["Links"] = "LINKS",
        ["Mountpoint"] = "MOUNTPOINT",
        [nameof(VolumeSummary.Name)] = "VOLUME NAME",
        ["Scope"] = "SCOPE",
        ["Size"] = "SIZE",
        ["Status"] = "STATUS",
    };
}
