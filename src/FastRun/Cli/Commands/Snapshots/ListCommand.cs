using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Snapshots;
using FastRun.Layers.Images;

namespace FastRun.Cli.Commands.Snapshots;

/// <summary><c>fastrun snapshot ls</c>.</summary>
internal sealed class ListCommand : Command
{
    private const int ShortCommand = 30;

    private readonly FilterOption _filter = new();
    private string _format = "";
    private bool _full;
    private bool _quiet;

    internal override string Name => "snapshot ls";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "List snapshots";

    internal override Option[] BuildOptions() =>
    [
        _filter.Build("Show only some: name=PART, from=IMAGE, label=KEY[=VALUE], label!=KEY[=VALUE]", 'f'),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
        Option.Switch("no-trunc", '\0', "Don't truncate output", value => _full = value),
        Option.Switch("quiet", 'q', "Only display names", value => _quiet = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        IReadOnlyList<SnapshotDetails> snapshots = new ManageSnapshots(context.RequireLayout()).List(_filter.Terms);
        if (_quiet && _format is "" or "table")
        {
            foreach (SnapshotDetails snapshot in snapshots)
            {
                context.Output.WriteLine(snapshot.Name.SnapshotName);
            }

            return 0;
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;
        ListFormat.Print(
            _format,
            "{{.Name}}\t{{.From}}\t{{.Command}}\t{{.CreatedSince}}\t{{.Size}}",
            Headers(),
            snapshots.Select(snapshot => Row(snapshot, now)),
            context.Output);
        return 0;
    }

    private JsonObject Row(SnapshotDetails snapshot, DateTimeOffset now)
    {
        string command = TerminalText.Escape(string.Join(' ', snapshot.Config.Snapshot?.Command ?? []));
        DateTimeOffset created = snapshot.Config.CreatedAt;
        return new JsonObject
        {
            ["Command"] = "\"" + (_full || command.Length <= ShortCommand ? command : command[..(ShortCommand - 1)] + "…") + "\"",
            ["CreatedAt"] = created.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture),
            ["CreatedSince"] = HumanUnits.Ago(created, now),
            ["From"] = TerminalText.Escape(snapshot.Config.Snapshot?.From ?? ""),
            ["ID"] = _full ? snapshot.Record.ImageId.ToString() : snapshot.Record.ImageId.ShortHex,
            ["Labels"] = string.Join(',', (snapshot.Config.Config?.Labels ?? new Dictionary<string, string>()).Select(static label => $"{label.Key}={label.Value}")),
            ["Message"] = snapshot.Config.History is [.., { Comment: { } message }] ? message : "",
            [nameof(SnapshotDetails.Name)] = snapshot.Name.SnapshotName,
            [nameof(SnapshotDetails.Size)] = HumanUnits.Size(snapshot.Size),
            [nameof(SnapshotDetails.VirtualSize)] = HumanUnits.Size(snapshot.VirtualSize),
        };
    }

    private static JsonObject Headers() => new()
    {
        ["Command"] = "COMMAND",
        ["CreatedAt"] = "CREATED AT",
        ["CreatedSince"] = "CREATED",
        ["From"] = "FROM",
        ["ID"] = "IMAGE ID",
        ["Labels"] = "LABELS",
        ["Message"] = "MESSAGE",
        [nameof(SnapshotDetails.Name)] = "SNAPSHOT",
        [nameof(SnapshotDetails.Size)] = "SIZE",
        [nameof(SnapshotDetails.VirtualSize)] = "VIRTUAL SIZE",
    };
}
