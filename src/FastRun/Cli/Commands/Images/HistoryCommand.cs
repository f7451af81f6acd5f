using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun history</c>.</summary>
internal sealed class HistoryCommand : Command
{
    private const string Missing = "<missing>";
    private const int ShortCommand = 45;

    private string _format = "";
    private Platform? _platform;
    private bool _quiet;
    private bool _full;
    private bool _human = true;

    internal override string Name => "history";

    internal override string Usage => "[OPTIONS] IMAGE";

    internal override string Summary => "Show the history of an image";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("human", 'H', "Print sizes and dates in human readable format (default true)", value => _human = value),
        Option.Switch("no-trunc", '\0', "Don't truncate output", value => _full = value),
        Option.Switch("quiet", 'q', "Only show image IDs", value => _quiet = value),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
        new("platform", '\0', "string", "What the image must be built for, for example linux/arm64", value => _platform = PlatformSyntax.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        IReadOnlyList<HistoryLine> history = new ImageHistory(context.RequireLayout()).Run(operands[0], _platform);
        if (_quiet && _format is "" or "table")
        {
            foreach (HistoryLine line in history)
            {
                context.Output.WriteLine(Id(line));
            }

            return 0;
        }

        string created = _human ? "{{.CreatedSince}}" : "{{.CreatedAt}}";
        ListFormat.Print(
            _format, $"{{{{.ID}}}}\t{created}\t{{{{.CreatedBy}}}}\t{{{{.Size}}}}\t{{{{.Comment}}}}", Headers(), Rows(history), context.Output);
        return 0;
    }

    private List<JsonObject> Rows(IReadOnlyList<HistoryLine> history)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var rows = new List<JsonObject>();
        foreach (HistoryLine line in history)
        {
            string command = line.CreatedBy.Replace('\t', ' ');
            rows.Add(new JsonObject
            {
                ["Comment"] = line.Comment,
                ["CreatedAt"] = line.Created?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "",
                ["CreatedBy"] = _full || command.Length <= ShortCommand ? command : command[..(ShortCommand - 1)] + "…",
                ["CreatedSince"] = line.Created is { } at && at > DateTimeOffset.UnixEpoch ? HumanUnits.Ago(at, now) : "N/A",
                ["ID"] = Id(line),
                ["Size"] = _human ? HumanUnits.Size(line.Size) : line.Size.ToString(CultureInfo.InvariantCulture),
            });
        }

        return rows;
    }

    private string Id(HistoryLine line) =>
        line.Id is null ? Missing : _full ? line.Id : ShortId.Of(line.Id[(line.Id.IndexOf(':', StringComparison.Ordinal) + 1)..]);

    private static JsonObject Headers() => new()
    {
        ["Comment"] = "COMMENT",
        ["CreatedAt"] = "CREATED AT",
        ["CreatedBy"] = "CREATED BY",
        ["CreatedSince"] = "CREATED",
        ["ID"] = "IMAGE",
        ["Size"] = "SIZE",
    };
}
