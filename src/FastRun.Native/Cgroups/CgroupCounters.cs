using System;
using System.Collections.Generic;

namespace FastRun.Native.Cgroups;

/// <summary>Reads the counters of a cgroup's members.</summary>
internal static class CgroupCounters
{
    internal static CgroupStatistics Read(IEnumerable<CgroupMember> members)
    {
        CgroupStatistics statistics = new();
        foreach (CgroupMember member in members)
        {
            CgroupDirectory group = member.Directory;
            statistics = member.Controller switch
            {
                "" => V2(group, statistics),
                "memory" => statistics with
                {
                    MemoryBytes = Single(group, "memory.usage_in_bytes"),
                    MemoryPeakBytes = Single(group, "memory.max_usage_in_bytes"),
                },
                "cpu" => V1Cpu(group, statistics),
                "pids" => statistics with { Pids = Single(group, "pids.current"), PidsPeak = Single(group, "pids.peak") },
                "blkio" => V1Blkio(group, statistics),
                _ => statistics,
            };
        }

        return statistics;
    }

    /// <summary>Sums a key over the lines of a nested keyed file such as io.stat: <c>8:0 rbytes=1 wbytes=2</c>.</summary>
    internal static long? SumNested(string? text, string key)
    {
        if (text is null)
        {
            return null;
        }

        long sum = 0;
        string prefix = key + "=";
        foreach (string word in text.Split([' ', '\n']))
        {
            if (word.StartsWith(prefix, StringComparison.Ordinal))
            {
                sum += ControlText.Number(word.AsSpan(prefix.Length)) ?? 0;
            }
        }

        return sum;
    }

    /// <summary>Sums an operation over the lines of a v1 blkio file: <c>8:0 Read 4096</c>.</summary>
    internal static long? SumOperation(string? text, string operation)
    {
        if (text is null)
        {
            return null;
        }

        long sum = 0;
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words.Length == 3 && words[1] == operation)
            {
                sum += ControlText.Number(words[2]) ?? 0;
            }
        }

        return sum;
    }

    private static CgroupStatistics V2(CgroupDirectory group, CgroupStatistics statistics)
    {
        string? cpu = group.TryRead("cpu.stat");
        string? io = group.TryRead("io.stat");
        return statistics with
        {
            MemoryBytes = Single(group, "memory.current"),
            MemoryPeakBytes = Single(group, "memory.peak"),
            CpuMicroseconds = ControlText.Keyed(cpu, "usage_usec"),
            UserMicroseconds = ControlText.Keyed(cpu, "user_usec"),
            SystemMicroseconds = ControlText.Keyed(cpu, "system_usec"),
            CpuThrottledPeriods = ControlText.Keyed(cpu, "nr_throttled"),
            CpuThrottledMicroseconds = ControlText.Keyed(cpu, "throttled_usec"),
            Pids = Single(group, "pids.current"),
            PidsPeak = Single(group, "pids.peak"),
            IoReadBytes = SumNested(io, "rbytes"),
            IoWriteBytes = SumNested(io, "wbytes"),
        };
    }

    private static CgroupStatistics V1Cpu(CgroupDirectory group, CgroupStatistics statistics)
    {
        string? stat = group.TryRead("cpu.stat");
        return statistics with
        {
            CpuThrottledPeriods = ControlText.Keyed(stat, "nr_throttled"),
            CpuThrottledMicroseconds = ControlText.Keyed(stat, "throttled_time") / 1000,
        };
    }

    private static CgroupStatistics V1Blkio(CgroupDirectory group, CgroupStatistics statistics)
    {
        string? bytes = group.TryRead("blkio.throttle.io_service_bytes_recursive");
        return statistics with
        {
            IoReadBytes = SumOperation(bytes, "Read"),
            IoWriteBytes = SumOperation(bytes, "Write"),
        };
    }

    private static long? Single(CgroupDirectory group, string file) => ControlText.Number(group.TryRead(file));
}
