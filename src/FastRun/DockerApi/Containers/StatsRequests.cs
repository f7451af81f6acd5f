using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>What a container uses, once a second (Engine API, ContainerStats).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class StatsRequests(StateLayout layout)
{
    private const long NanosecondsPerTick = 10_000_000;

    internal async Task StatsAsync(ApiExchange exchange, string name)
    {
        ContainerStore store = new(layout);
        Container container = store.Find(name);
        bool streams = exchange.Flag("stream", otherwise: true);
        exchange.Http.ResponseHeaders.ContentType = "application/json";
        if (streams)
        {
            await exchange.Http.StartAsync();
        }

        using MeasureContainers measurement = new();
        JsonObject before = Processors(null, 0);
        do
        {
            if (store.TryRead(container.Id) is not { } now)
            {
                return;
            }

            ContainerUsage usage = await ApiWork.RunAsync(() => measurement.Measure([now])[0].Usage);
            JsonObject processors = Processors(usage.CpuNanoseconds, SystemNanoseconds());
            byte[] line = Encoding.UTF8.GetBytes(Document(now, usage, processors, before).ToJsonString() + "\n");
            before = (JsonObject)processors.DeepClone();
            await exchange.Http.ResponseBody.WriteAsync(line, exchange.Aborted);
        }
        while (streams && !exchange.Aborted.IsCancellationRequested);
    }

    private static JsonObject Document(Container container, ContainerUsage usage, JsonObject processors, JsonObject before)
    {
        JsonObject document = new()
        {
            ["name"] = "/" + container.Name,
            ["id"] = container.Id,
            ["read"] = ApiTime.Text(DateTimeOffset.UtcNow),
            ["preread"] = ApiTime.Text(DateTimeOffset.UtcNow.AddSeconds(-1)),
            ["pids_stats"] = usage.Pids is { } pids ? new JsonObject { ["current"] = pids } : [],
            ["blkio_stats"] = new JsonObject
            {
                ["io_service_bytes_recursive"] = new JsonArray(
                    new JsonObject { ["major"] = 0, ["minor"] = 0, ["op"] = "read", ["value"] = usage.ReadBytes ?? 0 },
                    new JsonObject { ["major"] = 0, ["minor"] = 0, ["op"] = "write", ["value"] = usage.WrittenBytes ?? 0 }),
            },
            ["num_procs"] = 0,
            ["storage_stats"] = new JsonObject(),
            ["cpu_stats"] = processors,
            ["precpu_stats"] = before.DeepClone(),
            ["memory_stats"] = usage.MemoryBytes is { } memory && container.IsRunning
                ? new JsonObject { ["usage"] = memory, ["stats"] = new JsonObject(), ["limit"] = usage.MemoryLimitBytes }
                : [],
        };
        if (container.IsRunning)
        {
            document["networks"] = new JsonObject
            {
                ["eth0"] = new JsonObject
                {
                    ["rx_bytes"] = usage.ReceivedBytes, ["rx_packets"] = 0, ["rx_errors"] = 0, ["rx_dropped"] = 0,
                    ["tx_bytes"] = usage.SentBytes, ["tx_packets"] = 0, ["tx_errors"] = 0, ["tx_dropped"] = 0,
                },
            };
        }

        return document;
    }

    private static JsonObject Processors(long? used, long system) => new()
    {
        ["cpu_usage"] = new JsonObject { ["total_usage"] = used ?? 0, ["usage_in_kernelmode"] = 0, ["usage_in_usermode"] = 0 },
        ["system_cpu_usage"] = system,
        ["online_cpus"] = Environment.ProcessorCount,
        ["throttling_data"] = new JsonObject { ["periods"] = 0, ["throttled_periods"] = 0, ["throttled_time"] = 0 },
    };

    /// <summary>The time of all processors since boot, proc(5) /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.</summary>
    private static long SystemNanoseconds()
    {
        string[] fields = File.ReadAllText("/proc/stat").Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long ticks = 0;
        for (int i = 1; i < Math.Min(fields.Length, 9); i++)
        {
            ticks += long.Parse(fields[i], CultureInfo.InvariantCulture);
        }

        return ticks * NanosecondsPerTick;
    }
}
