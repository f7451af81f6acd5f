using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Layers;
using FastRun.Native.Cgroups;
using FastRun.Native.Netlink;

namespace FastRun.DockerApi.Containers;

/// <summary>What a container uses, once a second (Engine API, ContainerStats).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class StatsRequests(StateLayout layout)
{
    private const string NoTime = "0001-01-01T00:00:00Z";
    private const long NanosecondsPerTick = 10_000_000;

    internal async Task StatsAsync(ApiExchange exchange, string name)
    {
        ContainerStore store = new(layout);
        bool streams = exchange.Flag("stream", otherwise: true);
        bool once = exchange.Version >= new ApiVersion(41) && exchange.Flag("one-shot");
        if (streams && once)
        {
            throw ApiException.Invalid("cannot have stream=true and one-shot=true");
        }

        Container container = store.Find(name);
        exchange.Http.ResponseHeaders.ContentType = "application/json";
        if (streams)
        {
            await exchange.Http.StartAsync();
        }

        using MeasureContainers measurement = new(inDetail: true);
        (DateTimeOffset? At, JsonObject Processors) before = (null, Processors(null, 0));
        if (!streams && !once)
        {
            // A client that asks once wants to know what the processors did meanwhile.
            before = (DateTimeOffset.UtcNow, Processors(await ApiWork.RunAsync(() => measurement.Look(container)), SystemNanoseconds()));
        }

        do
        {
            if (store.TryRead(container.Id) is not { } now)
            {
                return;
            }

            ContainerUsage? usage = await ApiWork.RunAsync(() => once ? measurement.Look(now) : measurement.Measure([now])[0].Usage);
            JsonObject processors = Processors(usage, SystemNanoseconds());
            JsonObject document = Document(now, now.IsRunning ? usage : null, processors, before);
            if (exchange.Version >= new ApiVersion(52))
            {
                document["os_type"] = "linux";
            }

            byte[] line = Encoding.UTF8.GetBytes(document.ToJsonString() + "\n");
            before = (DateTimeOffset.UtcNow, (JsonObject)processors.DeepClone());
            await exchange.Http.ResponseBody.WriteAsync(line, exchange.Aborted);
        }
        while (streams && !exchange.Aborted.IsCancellationRequested);
    }

    /// <summary>One that does not run uses nothing.</summary>
    private static JsonObject Document(Container container, ContainerUsage? usage, JsonObject processors, (DateTimeOffset? At, JsonObject Processors) before)
    {
        JsonObject document = new()
        {
            ["name"] = "/" + container.Name,
            ["id"] = container.Id,
            ["read"] = usage is null ? NoTime : ApiTime.Text(DateTimeOffset.UtcNow),
            ["preread"] = before.At is { } at ? ApiTime.Text(at) : NoTime,
            ["pids_stats"] = usage?.Pids is { } pids ? Tasks(usage, pids) : [],
            ["blkio_stats"] = Devices(usage),
            ["num_procs"] = 0,
            ["storage_stats"] = new JsonObject(),
            ["cpu_stats"] = processors,
            ["precpu_stats"] = before.Processors.DeepClone(),
            ["memory_stats"] = usage?.MemoryBytes is { } memory ? Memory(usage, memory) : [],
        };
        if (usage?.Interfaces.Count > 0)
        {
            JsonObject networks = [];
            foreach (LinkInfo link in usage.Interfaces)
            {
                networks[link.Name] = Traffic(link.Statistics);
            }

            document["networks"] = networks;
        }

        return document;
    }

    private static JsonObject Memory(ContainerUsage usage, long memory)
    {
        JsonObject details = [];
        foreach (CgroupCounter counter in usage.Details.Memory)
        {
            details[counter.Name] = counter.Value;
        }

        JsonObject document = new() { ["usage"] = memory, ["stats"] = details, ["limit"] = usage.MemoryLimitBytes };
        if (usage.Details.MemoryFailures is { } failures)
        {
            document["max_usage"] = usage.Cgroup.MemoryPeakBytes ?? memory;
            document["failcnt"] = failures;
        }

        return document;
    }

    private static JsonObject Tasks(ContainerUsage usage, long pids)
    {
        JsonObject document = new() { ["current"] = pids };
        if (usage.Details.PidsLimit is { } limit)
        {
            document["limit"] = limit;
        }

        return document;
    }

    /// <summary>Only the first of the lists is there on cgroup v2, and only the first two have anything in them with today's schedulers.</summary>
    private static JsonObject Devices(ContainerUsage? usage) => new()
    {
        ["io_service_bytes_recursive"] = usage is null ? null : Counters(usage.Details.IoBytes),
        ["io_serviced_recursive"] = usage?.Details.IoOperations is { } operations ? Counters(operations) : null,
        ["io_queue_recursive"] = null,
        ["io_service_time_recursive"] = null,
        ["io_wait_time_recursive"] = null,
        ["io_merged_recursive"] = null,
        ["io_time_recursive"] = null,
        ["sectors_recursive"] = null,
    };

    private static JsonArray Counters(IReadOnlyList<BlockCounter> counters)
    {
        JsonArray array = [];
        foreach (BlockCounter counter in counters)
        {
            array.Add((JsonNode)new JsonObject { ["major"] = counter.Major, ["minor"] = counter.Minor, ["op"] = counter.Operation, ["value"] = counter.Value });
        }

        return array;
    }

    private static JsonObject Traffic(in LinkStatistics counters) => new()
    {
        ["rx_bytes"] = counters.ReceivedBytes,
        ["rx_packets"] = counters.ReceivedPackets,
        ["rx_errors"] = counters.ReceiveErrors,
        ["rx_dropped"] = counters.ReceiveDropped,
        ["tx_bytes"] = counters.SentBytes,
        ["tx_packets"] = counters.SentPackets,
        ["tx_errors"] = counters.SendErrors,
        ["tx_dropped"] = counters.SendDropped,
    };

    private static JsonObject Processors(ContainerUsage? usage, long system)
    {
        JsonObject time = new()
        {
            ["total_usage"] = usage?.CpuNanoseconds ?? 0,
            ["usage_in_kernelmode"] = (usage?.Cgroup.SystemMicroseconds ?? 0) * 1000,
            ["usage_in_usermode"] = (usage?.Cgroup.UserMicroseconds ?? 0) * 1000,
        };
        if (usage?.Details.ProcessorNanoseconds is { } each)
        {
            JsonArray processors = [];
            foreach (string processor in each)
            {
                processors.Add((JsonNode)long.Parse(processor, CultureInfo.InvariantCulture));
            }

            time["percpu_usage"] = processors;
        }

        return new JsonObject
        {
            ["cpu_usage"] = time,
            ["system_cpu_usage"] = system,
            ["online_cpus"] = Environment.ProcessorCount,
            ["throttling_data"] = new JsonObject
            {
                ["periods"] = usage?.Details.CpuPeriods ?? 0,
                ["throttled_periods"] = usage?.Cgroup.CpuThrottledPeriods ?? 0,
                ["throttled_time"] = (usage?.Cgroup.CpuThrottledMicroseconds ?? 0) * 1000,
            },
        };
    }

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
