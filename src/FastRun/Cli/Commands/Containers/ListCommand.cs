using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun ps</c>.</summary>
internal sealed class ListCommand : Command
{
    private const int ShortId = 12;
    private const int ShortCommand = 20;
    private const string Columns = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

    private bool _all;
    private bool _quiet;
    private bool _full;
    private string _format = "";

    internal override string Name => "ps";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "List containers";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all", 'a', "Show all containers, not only those that run", value => _all = value),
        Option.Switch("quiet", 'q', "Only show container IDs", value => _quiet = value),
        Option.Switch("no-trunc", '\0', "Don't truncate output", value => _full = value),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        IEnumerable<Container> containers = new ContainerStore(context.RequireLayout()).All()
            .Where(container => _all || container.IsRunning)
            .OrderByDescending(container => container.Record.CreatedAt);
        if (_quiet && _format is "" or "table")
        {
            foreach (Container container in containers)
            {
                context.Output.WriteLine(Id(container));
            }

            return 0;
        }

        ListFormat.Print(_format, Columns, Headers(), containers.Select(Row), context.Output);
        return 0;
    }

    private JsonObject Row(Container container)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        ContainerRecord record = container.Record;
        string command = string.Join(' ', record.Arguments);
        return new JsonObject
        {
            ["Command"] = "\"" + (_full || command.Length <= ShortCommand ? command : command[..(ShortCommand - 1)] + "…") + "\"",
            ["CreatedAt"] = record.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture),
            ["ID"] = Id(container),
            ["Image"] = record.Request.Image,
            ["Labels"] = string.Join(',', record.Request.Labels.Select(label => $"{label.Key}={label.Value}")),
            ["Names"] = record.Name,
            ["Ports"] = "",
            ["RunningFor"] = HumanUnits.Ago(record.CreatedAt, now),
            ["State"] = container.State.Status.ToString().ToLowerInvariant(),
            ["Status"] = ContainerStatusText.Of(container.State, now),
        };
    }

    private string Id(Container container) => _full ? container.Id : container.Id[..ShortId];

    private static JsonObject Headers() => new()
    {
        ["Command"] = "COMMAND",
        ["CreatedAt"] = "CREATED AT",
        ["ID"] = "CONTAINER ID",
        ["Image"] = "IMAGE",
        ["Labels"] = "LABELS",
        ["Names"] = "NAMES",
        ["Ports"] = "PORTS",
        ["RunningFor"] = "CREATED",
        ["State"] = "STATE",
        ["Status"] = "STATUS",
    };
}
