using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Events;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun events</c>.</summary>
internal sealed class EventsCommand : Command
{
    private readonly EventFilter _filter = new();
    private DateTimeOffset? _since;
    private DateTimeOffset? _until;
    private ObjectFormat? _format;

    internal override string Name => "events";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Get real time events from the engine";

    internal override string Details =>
        "The events of this boot are kept, one or two mebibytes of them. A container that was killed with its supervisor has its\n"
        + "'die' when the next command puts its state right.\n";

    internal override Option[] BuildOptions() =>
    [
        new("filter", 'f', "filter", "Only events that fit, for example type=container, event=die, container=NAME or label=KEY=VALUE", _filter.Add),
        new("format", '\0', "string", "Format output: json, or a Go template", value => _format = value.Length == 0 ? null : ObjectFormat.Parse(value)),
        new("since", '\0', "string", "Show the past events since a timestamp (2026-01-02T13:23:37Z) or a time ago (42m)", value => _since = PointInTime.Parse(value)),
        new("until", '\0', "string", "Show events until a timestamp (2026-01-02T13:23:37Z) or a time ago (42m), then end", value => _until = PointInTime.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ReadEvents events = new(context.RequireLayout());
        events.Read(new EventQuery(_since, _until, _filter), happened =>
        {
            if (_format is null)
            {
                context.Output.WriteLine(Line(happened));
            }
            else
            {
                _format.Print(EventDocument.Of(happened, always: !_format.IsJson), context.Output, lenient: true);
            }

            context.Output.Flush();
        });
        return 0;
    }

    private static string Line(EngineEvent happened)
    {
        string time = happened.Time.ToLocalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00'", CultureInfo.InvariantCulture)
            + (happened.Time.ToLocalTime().Offset == TimeSpan.Zero ? "Z" : happened.Time.ToLocalTime().ToString("zzz", CultureInfo.InvariantCulture));
        string attributes = string.Join(", ", happened.Attributes
            .OrderBy(static attribute => attribute.Key, StringComparer.Ordinal)
            .Select(static attribute => $"{attribute.Key}={attribute.Value}"));
        return TerminalText.Escape(
            $"{time} {happened.TypeName} {happened.Action} {happened.Id}" + (attributes.Length > 0 ? $" ({attributes})" : ""));
    }
}
