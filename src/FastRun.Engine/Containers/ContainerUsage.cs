using System.Collections.Generic;
using FastRun.Native.Cgroups;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Containers;

/// <summary>What a container uses. Null where this host does not count it.</summary>
/// <param name="CpuPercent">Its share of one processor's time over the second that was measured, in percent.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="MemoryLimitBytes">Its limit, or the machine's memory.</param>
/// <param name="Pids">How many tasks it has.</param>
/// <param name="ReadBytes">Bytes read from block devices.</param>
/// <param name="WrittenBytes">Bytes written to block devices.</param>
/// <param name="ReceivedBytes">Bytes received from its networks; 0 where it uses the host's.</param>
/// <param name="SentBytes">Bytes sent to its networks; 0 where it uses the host's.</param>
public sealed record ContainerUsage(
    double? CpuPercent,
    long? MemoryBytes,
    long MemoryLimitBytes,
    long? Pids,
    long? ReadBytes,
    long? WrittenBytes,
    long ReceivedBytes,
    long SentBytes)
{
    /// <summary>All the processor time that it has used, in nanoseconds.</summary>
    public long? CpuNanoseconds { get; init; }

    /// <summary>All that its cgroup counts.</summary>
    public CgroupStatistics Cgroup { get; init; } = new();

    /// <summary>What its cgroup counts one by one, where that was asked for.</summary>
    public CgroupDetails Details { get; init; } = new();

    /// <summary>Its interfaces with their counters; none where it uses the host's network.</summary>
    public IReadOnlyList<LinkInfo> Interfaces { get; init; } = [];
}
