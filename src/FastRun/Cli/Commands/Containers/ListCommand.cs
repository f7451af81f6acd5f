using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Templates;
using FastRun.Documents;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Networks;
using FastRun.Engine.Volumes;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun ps</c>.</summary>
internal sealed class ListCommand : Command
{
    private const int ShortCommand = 20;
    private const int LongestMount = 15;
    private const string Columns = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

    private readonly ContainerListOptions _list = new();
    private readonly FilterOption _filter = new();
    private bool _quiet;
    private bool _size;
    private bool _latest;
    private int _last = -1;

    internal override string Name => "ps";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "List containers";

    internal override Option[] BuildOptions() =>
    [
        .. _list.Build(),
        _filter.Build("Show only some: id, name, label, status, exited, ancestor, before, since, volume, network, health, publish, expose, is-task", 'f'),
        new("last", 'n', "int", "Show the last created containers, so many, whatever they do (default -1)", value => _last = (int)Math.Clamp(Values.Integer(value), -1, int.MaxValue)),
        Option.Switch("latest", 'l', "Show the last created container, whatever it does", value => _latest = value),
        Option.Switch("quiet", 'q', "Only show container IDs", value => _quiet = value),
        Option.Switch("size", 's', "Show what they occupy: their own files, and virtually with their image's", value => _size = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var request = new ContainerListRequest
        {
            All = _list.All,
            Limit = _latest && _last < 0 ? 1 : _last,
            Size = _size || _list.Format.Contains(".Size", StringComparison.Ordinal),
            Filters = _filter.Terms,
        };
        IReadOnlyList<ContainerSummary> containers = new ListContainers(context.RequireLayout()).Run(request);
        if (_quiet && _list.Format is "" or "table")
        {
            foreach (ContainerSummary container in containers)
            {
                context.Output.WriteLine(Id(container.Container));
            }

            return 0;
        }

        ListFormat.Print(_list.Format, _size ? Columns + "\t{{.Size}}" : Columns, Headers(), containers.Select(Row), context.Output);
        foreach (ContainerSummary damaged in containers.Where(static container => container.Container.Damage is not null))
        {
            context.Output.Flush();
            ErrorReport.Failure($"container {damaged.Container.Name}: {damaged.Container.Damage}", $"remove it: fastrun rm -f {Id(damaged.Container)}");
        }

        return 0;
    }

    private JsonObject Row(ContainerSummary summary)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Container container = summary.Container;
        ContainerRecord record = container.Record;
        var row = new JsonObject
        {
            ["Command"] = Quoted(record.Arguments),
            ["CreatedAt"] = record.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture),
            ["ID"] = Id(container),
            ["Image"] = record.Request.Image,
            ["Names"] = record.Name,
            ["Networks"] = string.Join(',', RequestedNetworks.NamesOf(record.Request)),
            ["Platform"] = null,
            ["Ports"] = PortList.Of(summary.Ports, summary.UnpublishedPorts),
            ["RunningFor"] = HumanUnits.Ago(record.CreatedAt, now),
            ["Size"] = summary.Size is { } size ? Size(size) : "0B",
            ["State"] = container.State.Status.ToString().ToLowerInvariant(),
            ["Status"] = ContainerStatusText.Of(container.State, now),
        };
        if (_list.Format is not ("" or "table"))
        {
            AddDetails(row, summary);
        }

        return row;
    }

    /// <summary>What only templates ask for.</summary>
    private void AddDetails(JsonObject row, ContainerSummary summary)
    {
        IReadOnlyList<MountRequest> mounts = summary.Container.Record.Request.Mounts;
        row["Labels"] = string.Join(',', summary.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
        if (_list.Format != "json")
        {
            var labels = new JsonObject();
            foreach ((string key, string value) in summary.Labels)
            {
                labels[key] = value;
            }

            row["Label"] = labels;
        }

        row["LocalVolumes"] = mounts.Count(mount => mount.Kind == MountKind.Volume).ToString(CultureInfo.InvariantCulture);
        row["Mounts"] = string.Join(',', mounts.Where(mount => mount.Source is not null).Select(mount => MountName(mount.Source!)));
    }

    private string MountName(string name) => _list.Full || name.Length <= LongestMount ? name : name[..(LongestMount - 1)] + "…";

    private static string Size(ContainerSize size) => size.Virtual > 0
        ? $"{HumanUnits.Size(size.Writable)} (virtual {HumanUnits.Size(size.Virtual)})"
        : HumanUnits.Size(size.Writable);

    /// <summary>The command line in quotes; arguments with spaces have their own, as Docker's list shows them.</summary>
    private string Quoted(IReadOnlyList<string> arguments)
    {
        string command = string.Join(' ', arguments.Select(
            static (argument, i) => i > 0 && argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument));
        return TemplateValue.ToJson(_list.Full || command.Length <= ShortCommand ? command : command[..(ShortCommand - 1)] + "…");
    }

    private string Id(Container container) => _list.Full ? container.Id : ShortId.Of(container.Id);

    private static JsonObject Headers() => new()
    {
        ["Command"] = "COMMAND",
        ["CreatedAt"] = "CREATED AT",
        ["ID"] = "CONTAINER ID",
        ["Image"] = "IMAGE",
        ["Labels"] = "LABELS",
        ["LocalVolumes"] = "LOCAL VOLUMES",
        ["Mounts"] = "MOUNTS",
        ["Names"] = "NAMES",
        ["Networks"] = "NETWORKS",
        ["Platform"] = "PLATFORM",
        ["Ports"] = "PORTS",
        ["RunningFor"] = "CREATED",
        ["Size"] = "SIZE",
        ["State"] = "STATE",
        ["Status"] = "STATUS",
    };
}
