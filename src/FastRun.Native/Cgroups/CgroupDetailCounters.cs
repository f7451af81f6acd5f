using System;
using System.Collections.Generic;

namespace FastRun.Native.Cgroups;

/// <summary>Reads what a cgroup's members count one by one.</summary>
internal static class CgroupDetailCounters
{
    internal static CgroupDetails Read(IEnumerable<CgroupMember> members)
    {
        CgroupDetails details = new();
        foreach (CgroupMember member in members)
        {
            CgroupDirectory group = member.Directory;
            switch (member.Controller)
            {
                case "":
                    AddV2(group, details);
                    break;
                case "memory":
                    details.Memory = Keyed(group.TryRead("memory.stat"));
                    details.MemoryFailures = ControlText.Number(group.TryRead("memory.failcnt"));
                    break;
                case "cpu":
                    details.CpuPeriods = ControlText.Keyed(group.TryRead("cpu.stat"), "nr_periods");

                    // There where cpuacct is mounted together with cpu.
                    details.ProcessorNanoseconds = group.TryRead("cpuacct.usage_percpu")?.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
                    break;
                case "pids":
                    details.PidsLimit = ControlText.Number(group.TryRead("pids.max"));
                    break;
                case "blkio":
                    details.IoBytes = Operations(group.TryRead("blkio.throttle.io_service_bytes_recursive"));
                    details.IoOperations = Operations(group.TryRead("blkio.throttle.io_serviced_recursive"));
                    break;
                default:
                    break;
            }
        }

        return details;
    }

    /// <summary>The lines of a flat keyed file: <c>anon 4096</c>.</summary>
    internal static IReadOnlyList<CgroupCounter> Keyed(string? text)
    {
        List<CgroupCounter> lines = [];
        foreach (string line in (text ?? "").Split('\n'))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && ControlText.Number(line.AsSpan(space + 1)) is { } number)
            {
                lines.Add(new CgroupCounter(line[..space], number));
            }
        }

        return lines;
    }

    /// <summary>The lines of a v1 blkio file but for its sum: <c>8:0 Read 4096</c>.</summary>
    internal static IReadOnlyList<BlockCounter> Operations(string? text)
    {
        List<BlockCounter> counters = [];
        foreach (string line in (text ?? "").Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words.Length == 3 && TryDevice(words[0], out long major, out long minor) && ControlText.Number(words[2]) is { } value)
            {
                counters.Add(new BlockCounter(major, minor, words[1], value));
            }
        }

        return counters;
    }

    /// <summary>The bytes of each line of io.stat: <c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0</c>.</summary>
    internal static IReadOnlyList<BlockCounter> Transfers(string? text)
    {
        List<BlockCounter> counters = [];
        foreach (string line in (text ?? "").Split('\n'))
        {
            string[] words = line.Split(' ');
            if (!TryDevice(words[0], out long major, out long minor))
            {
                continue;
            }

            foreach (string word in words.AsSpan(1))
            {
                int equals = word.IndexOf('=', StringComparison.Ordinal);
                string? operation = (equals < 0 ? "" : word[..equals]) switch { "rbytes" => "read", "wbytes" => "write", _ => null };
                if (operation is not null && ControlText.Number(word.AsSpan(equals + 1)) is { } value)
                {
                    counters.Add(new BlockCounter(major, minor, operation, value));
                }
            }
        }

        return counters;
    }

    private static void AddV2(CgroupDirectory group, CgroupDetails details)
    {
        if (details.Memory.Count == 0)
        {
            details.Memory = Keyed(group.TryRead("memory.stat"));
        }

        details.CpuPeriods ??= ControlText.Keyed(group.TryRead("cpu.stat"), "nr_periods");
        details.PidsLimit ??= ControlText.Number(group.TryRead("pids.max"));
        if (details.IoBytes.Count == 0)
        {
            details.IoBytes = Transfers(group.TryRead("io.stat"));
        }
    }

    private static bool TryDevice(string text, out long major, out long minor)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        (major, minor) = (0, 0);
        if (colon <= 0 || ControlText.Number(text.AsSpan(0, colon)) is not { } first || ControlText.Number(text.AsSpan(colon + 1)) is not { } second)
        {
            return false;
        }

        (major, minor) = (first, second);
        return true;
    }
}
