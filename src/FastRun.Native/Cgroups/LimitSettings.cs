using System;
using System.Collections.Generic;
using System.Globalization;

namespace FastRun.Native.Cgroups;

/// <summary>
/// Limits as control files, for each version of the interface (cgroup-v2.rst; cgroup-v1/*.rst). The conversions are those
/// of Docker, runc and crun.
/// </summary>
internal static class LimitSettings
{
    private const long CpuPeriodMicroseconds = 100_000;
    private const long LeastCpuQuotaMicroseconds = 1_000;

    /// <summary>The controllers that limits need, under v1's names, and what each limits.</summary>
    internal static IEnumerable<(string Controller, string Limit)> Controllers(CgroupLimits limits)
    {
        if (limits.MemoryBytes is not null || limits.MemorySwapBytes is not null || limits.MemoryReservationBytes is not null
            || limits.MemorySwappiness is not null || limits.OomKillDisable)
        {
            yield return ("memory", "memory");
        }

        if (limits.NanoCpus is not null || limits.CpuShares is not null || limits.CpuPeriodMicroseconds is not null
            || limits.CpuQuotaMicroseconds is not null)
        {
            yield return ("cpu", "CPU time");
        }

        if (limits.CpusetCpus is not null || limits.CpusetMems is not null)
        {
            yield return ("cpuset", limits.CpusetCpus is null ? "the set of memory nodes" : "the set of CPUs");
        }

        if (limits.Pids is not null)
        {
            yield return ("pids", "the number of processes");
        }

        if (limits.BlkioWeight is not null || limits.BlkioDeviceWeights.Count > 0)
        {
            yield return ("blkio", "block I/O weight");
        }
        else if (limits.BlkioRates.Count > 0)
        {
            yield return ("blkio", "block I/O rates");
        }
    }

    /// <summary>v2's name of a v1 controller.</summary>
    internal static string V2Name(string controller) => controller == "blkio" ? "io" : controller;

    /// <summary>What is written for a controller whose hierarchy has this root, in the order that the kernel takes it.</summary>
    internal static IEnumerable<LimitSetting> For(string controller, CgroupVersion version, CgroupLimits limits, CgroupDirectory root)
    {
        bool v2 = version == CgroupVersion.V2;
        return controller switch
        {
            "memory" => v2 ? MemoryV2(limits) : MemoryV1(limits),
            "cpu" => v2 ? CpuV2(limits) : CpuV1(limits),
            "cpuset" => Cpuset(limits),
            "pids" => [new LimitSetting("the number of processes", "pids.max", OrMax(limits.Pids is > 0 ? limits.Pids.Value : -1))],
            "blkio" => Blkio(version, limits, root),
            _ => throw new ArgumentOutOfRangeException(nameof(controller)),
        };
    }

    private static IEnumerable<LimitSetting> MemoryV2(CgroupLimits limits)
    {
        if (limits.MemoryBytes is { } memory)
        {
            yield return new LimitSetting("memory", "memory.max", OrMax(memory));
        }

        if (SwapTotal(limits) is { } total)
        {
            long swap = total < 0 || limits.MemoryBytes is null or < 0 ? -1 : total - limits.MemoryBytes.Value;
            yield return new LimitSetting("swap", "memory.swap.max", OrMax(swap), Optional: SwapIsOptional(limits));
        }

        // A reservation protects: runc and crun map it to memory.low too.
        if (limits.MemoryReservationBytes is { } reservation)
        {
            yield return new LimitSetting("memory reservation", "memory.low", OrMax(reservation));
        }

        if (limits.MemorySwappiness is not null)
        {
            throw new CgroupUnsupportedException("set the swappiness of a sandbox", "cgroup v2 has no such setting");
        }

        if (limits.OomKillDisable)
        {
            throw new CgroupUnsupportedException("disable the OOM killer for a sandbox", "cgroup v2 has no such setting");
        }
    }

    private static IEnumerable<LimitSetting> MemoryV1(CgroupLimits limits)
    {
        if (limits.MemoryBytes is { } memory)
        {
            yield return new LimitSetting("memory", "memory.limit_in_bytes", Text(memory));
        }

        // Memory and swap together, never below the limit of memory alone: so it comes second.
        if (SwapTotal(limits) is { } total)
        {
            yield return new LimitSetting(
                "swap", "memory.memsw.limit_in_bytes", Text(total), Optional: SwapIsOptional(limits));
        }

        if (limits.MemoryReservationBytes is { } reservation)
        {
            yield return new LimitSetting("memory reservation", "memory.soft_limit_in_bytes", Text(reservation));
        }

        if (limits.MemorySwappiness is { } swappiness)
        {
            yield return new LimitSetting("swappiness", "memory.swappiness", Text(swappiness));
        }

        if (limits.OomKillDisable)
        {
            yield return new LimitSetting("the OOM killer", "memory.oom_control", "1");
        }
    }

    private static IEnumerable<LimitSetting> CpuV2(CgroupLimits limits)
    {
        if (Quota(limits) is { } quota)
        {
            yield return new LimitSetting("CPU time", "cpu.max", $"{OrMax(quota)} {Text(Period(limits))}");
        }

        if (limits.CpuShares is { } shares)
        {
            yield return new LimitSetting("CPU shares", "cpu.weight", Text(CpuWeight.FromShares(shares)));
        }
    }

    private static IEnumerable<LimitSetting> CpuV1(CgroupLimits limits)
    {
        if (Quota(limits) is { } quota)
        {
            yield return new LimitSetting("CPU time", "cpu.cfs_period_us", Text(Period(limits)));
            yield return new LimitSetting("CPU time", "cpu.cfs_quota_us", Text(quota));
        }

        if (limits.CpuShares is { } shares)
        {
            yield return new LimitSetting("CPU shares", "cpu.shares", Text(shares));
        }
    }

    private static IEnumerable<LimitSetting> Cpuset(CgroupLimits limits)
    {
        if (limits.CpusetCpus is { } cpus)
        {
            yield return new LimitSetting("the set of CPUs", "cpuset.cpus", cpus);
        }

        if (limits.CpusetMems is { } nodes)
        {
            yield return new LimitSetting("the set of memory nodes", "cpuset.mems", nodes);
        }
    }

    private static IEnumerable<LimitSetting> Blkio(CgroupVersion version, CgroupLimits limits, CgroupDirectory root)
    {
        if (limits.BlkioWeight is { } weight)
        {
            yield return BlockWeight.For(version, weight, root);
        }

        foreach (BlockDeviceWeight deviceWeight in limits.BlkioDeviceWeights)
        {
            yield return BlockWeight.For(version, deviceWeight, root);
        }

        foreach (BlockRate rate in limits.BlkioRates)
        {
            yield return rate.Setting(version);
        }
    }

    /// <summary>Docker's default: with memory limited and swap not mentioned, as much swap again.</summary>
    private static long? SwapTotal(CgroupLimits limits) =>
        limits.MemorySwapBytes ?? (limits.MemoryBytes is > 0 and <= long.MaxValue / 2 and { } memory ? memory * 2 : null);

    private static bool SwapIsOptional(CgroupLimits limits) => limits.MemorySwapBytes is null or < 0;

    /// <summary>Microseconds of CPU time in each period, -1 for unlimited; null where nothing was asked for.</summary>
    private static long? Quota(CgroupLimits limits) =>
        limits.NanoCpus is { } nanoCpus
            ? Math.Max(LeastCpuQuotaMicroseconds, (long)((Int128)nanoCpus * CpuPeriodMicroseconds / 1_000_000_000))
            : limits.CpuQuotaMicroseconds ?? (limits.CpuPeriodMicroseconds is null ? null : -1);

    private static long Period(CgroupLimits limits) => limits.CpuPeriodMicroseconds ?? CpuPeriodMicroseconds;

    private static string OrMax(long value) => value < 0 ? "max" : Text(value);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
