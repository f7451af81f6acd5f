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
        if (limits.MemoryBytes is not null || limits.MemorySwapBytes is not null)
        {
            yield return ("memory", "memory");
        }

        if (limits.NanoCpus is not null || limits.CpuShares is not null)
        {
            yield return ("cpu", "CPU time");
        }

        if (limits.CpusetCpus is not null)
        {
            yield return ("cpuset", "the set of CPUs");
        }

        if (limits.Pids is not null)
        {
            yield return ("pids", "the number of processes");
        }

        if (limits.BlkioWeight is not null)
        {
            yield return ("blkio", "block I/O weight");
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
            "cpuset" => [new LimitSetting("the set of CPUs", "cpuset.cpus", limits.CpusetCpus!)],
            "pids" => [new LimitSetting("the number of processes", "pids.max", OrMax(limits.Pids is > 0 ? limits.Pids.Value : -1))],
            "blkio" => [BlockWeight.For(version, limits.BlkioWeight!.Value, root)],
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
    }

    private static IEnumerable<LimitSetting> CpuV2(CgroupLimits limits)
    {
        if (limits.NanoCpus is { } nanoCpus)
        {
            yield return new LimitSetting("CPU time", "cpu.max", $"{Text(Quota(nanoCpus))} {Text(CpuPeriodMicroseconds)}");
        }

        if (limits.CpuShares is { } shares)
        {
            yield return new LimitSetting("CPU shares", "cpu.weight", Text(CpuWeight.FromShares(shares)));
        }
    }

    private static IEnumerable<LimitSetting> CpuV1(CgroupLimits limits)
    {
        if (limits.NanoCpus is { } nanoCpus)
        {
            yield return new LimitSetting("CPU time", "cpu.cfs_period_us", Text(CpuPeriodMicroseconds));
            yield return new LimitSetting("CPU time", "cpu.cfs_quota_us", Text(Quota(nanoCpus)));
        }

        if (limits.CpuShares is { } shares)
        {
            yield return new LimitSetting("CPU shares", "cpu.shares", Text(shares));
        }
    }

    /// <summary>Docker's default: with memory limited and swap not mentioned, as much swap again.</summary>
    private static long? SwapTotal(CgroupLimits limits) =>
        limits.MemorySwapBytes ?? (limits.MemoryBytes is > 0 and <= long.MaxValue / 2 and { } memory ? memory * 2 : null);

    private static bool SwapIsOptional(CgroupLimits limits) => limits.MemorySwapBytes is null or < 0;

    private static long Quota(long nanoCpus) =>
        Math.Max(LeastCpuQuotaMicroseconds, (long)((Int128)nanoCpus * CpuPeriodMicroseconds / 1_000_000_000));

    private static string OrMax(long value) => value < 0 ? "max" : Text(value);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
