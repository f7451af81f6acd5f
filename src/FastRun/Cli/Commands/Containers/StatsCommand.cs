using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Containers;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun stats</c>.</summary>
internal sealed class StatsCommand : Command
{
    private const string Unknown = "--";
    private const string Columns =
        "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";

    private const string Home = "\u001b[H";
    private const string ClearLine = "\u001b[K\n";
    private const string ClearBelow = "\u001b[J";

    private readonly ContainerListOptions _list = new();
    private bool _noStream;

    internal override string Name => "stats";

    internal override string Usage => "[OPTIONS] [CONTAINER...]";

    internal override string Summary => "Display a live stream of what containers use";

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        .. _list.Build(),
        Option.Switch("no-stream", '\0', "Measure for one second only", value => _noStream = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var store = new ContainerStore(context.RequireLayout());
        List<string> ids = operands.ConvertAll(name => store.Find(name).Id);
        bool redraw = !_noStream && context.Output.IsTerminal && _list.Format.Length == 0;
        using MeasureContainers measurement = new();
        do
        {
            // Looked at each time: they come and go.
            List<Container> containers = operands.Count > 0
                ? [.. ids.Select(store.TryRead).OfType<Container>()]
                : store.All().FindAll(container => _list.All || container.IsRunning);
            if (operands.Count > 0 && containers.Count == 0)
            {
                return 0;
            }

            Print(measurement.Measure(containers).Select(each => Row(each.Container, each.Usage)), redraw, context.Output);
        }
        while (!_noStream);

        return 0;
    }

    /// <summary>On a terminal, over what was there; otherwise one after the other.</summary>
    private void Print(IEnumerable<JsonObject> rows, bool redraw, OutputWriter output)
    {
        if (!redraw)
        {
            ListFormat.Print(_list.Format, Columns, Headers(), rows, output);
        }
        else
        {
            var table = ListFormat.Table(Columns, Headers(), rows);
            output.Write(Home + table.Replace("\n", ClearLine, StringComparison.Ordinal) + ClearBelow);
        }

        output.Flush();
    }

    private JsonObject Row(Container container, ContainerUsage usage) => new()
    {
        ["BlockIO"] = $"{Size(usage.ReadBytes)} / {Size(usage.WrittenBytes)}",
        ["CPUPerc"] = Percent(usage.CpuPercent),
        ["Container"] = _list.Full ? container.Id : ShortId.Of(container.Id),
        ["ID"] = _list.Full ? container.Id : ShortId.Of(container.Id),
        ["MemPerc"] = Percent(usage.MemoryLimitBytes == 0 ? 0 : usage.MemoryBytes * 100.0 / usage.MemoryLimitBytes),
        ["MemUsage"] = usage.MemoryBytes is { } memory
            ? $"{HumanUnits.BinarySize(memory)} / {HumanUnits.BinarySize(usage.MemoryLimitBytes)}"
            : $"{Unknown} / {Unknown}",
        [nameof(Container.Name)] = container.Name,
        ["NetIO"] = $"{Size(usage.ReceivedBytes)} / {Size(usage.SentBytes)}",
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
