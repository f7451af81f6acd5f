using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun stats --no-stream</c>.</summary>
internal sealed class StatsCommand : Command
{
    private const string Unknown = "--";
    private const int ShortId = 12;
    private const string Columns =
        "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";

    private bool _noStream;
    private bool _full;
    private string _format = "";

    internal override string Name => "stats";

    internal override string Usage => "--no-stream [OPTIONS] [CONTAINER...]";

    internal override string Summary => "Measure for a second what running containers use";

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("no-stream", '\0', "Measure once; repeated measurements are not available yet", value => _noStream = value),
        Option.Switch("no-trunc", '\0', "Don't truncate output", value => _full = value),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (!_noStream)
        {
            throw new UsageException("repeated measurements are not available yet: add --no-stream");
        }

        var store = new ContainerStore(context.RequireLayout());
        List<Container> containers = operands.Count > 0 ? operands.ConvertAll(store.Find) : store.All().FindAll(container => container.IsRunning);
        ListFormat.Print(
            _format, Columns, Headers(), MeasureContainers.Run(containers).Select(each => Row(each.Container, each.Usage)), context.Output);
        return 0;
    }

    private JsonObject Row(Container container, ContainerUsage usage) => new()
    {
        ["BlockIO"] = $"{Size(usage.ReadBytes)} / {Size(usage.WrittenBytes)}",
        ["CPUPerc"] = Percent(usage.CpuPercent),
        ["Container"] = _full ? container.Id : container.Id[..ShortId],
        ["ID"] = _full ? container.Id : container.Id[..ShortId],
        ["MemPerc"] = Percent(usage.MemoryBytes * 100.0 / usage.MemoryLimitBytes),
        ["MemUsage"] = usage.MemoryBytes is { } memory
            ? $"{HumanUnits.BinarySize(memory)} / {HumanUnits.BinarySize(usage.MemoryLimitBytes)}"
            : $"{Unknown} / {Unknown}",
        [nameof(Container.Name)] = container.Name,
        // Its own network has nothing but loopback, and the host's is not its own.
        ["NetIO"] = "0B / 0B",
        ["PIDs"] = usage.Pids?.ToString(CultureInfo.InvariantCulture) ?? Unknown,
    };

    private static string Size(long? bytes) => bytes is { } known ? HumanUnits.Size(known) : Unknown;

    private static string Percent(double? share) =>
        share is { } known ? known.ToString("F2", CultureInfo.InvariantCulture) + "%" : Unknown;

    private static JsonObject Headers() => new()
    {
        ["BlockIO"] = "BLOCK I/O",
        ["CPUPerc"] = "CPU %",
        ["Container"] = "CONTAINER",
        ["ID"] = "CONTAINER ID",
        ["MemPerc"] = "MEM %",
        ["MemUsage"] = "MEM USAGE / LIMIT",
        [nameof(Container.Name)] = "NAME",
        ["NetIO"] = "NET I/O",
        ["PIDs"] = "PIDS",
    };
}
