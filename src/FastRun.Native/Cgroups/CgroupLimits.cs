using System.Collections.Generic;

namespace FastRun.Native.Cgroups;

/// <summary>What a cgroup may limit. Null leaves the kernel's default.</summary>
public sealed record CgroupLimits
{
    /// <summary>Memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Memory plus swap in bytes, as Docker counts it; -1 for unlimited swap. Null with a memory limit: twice that.</summary>
    public long? MemorySwapBytes { get; init; }

    /// <summary>Memory in bytes that is reclaimed last when memory is short (Docker's reservation).</summary>
    public long? MemoryReservationBytes { get; init; }

    /// <summary>How readily memory is swapped out, 0 to 100; cgroup v1 only.</summary>
    public long? MemorySwappiness { get; init; }

    /// <summary>Whether processes wait for memory instead of being killed; cgroup v1 only.</summary>
    public bool OomKillDisable { get; init; }

    /// <summary>CPU time in billionths of a CPU (Docker's NanoCpus): 1.5 CPUs are 1,500,000,000.</summary>
    public long? NanoCpus { get; init; }

    /// <summary>The length of a CPU period in microseconds, 1000 to 1000000; null for 100000. Not together with NanoCpus.</summary>
    public long? CpuPeriodMicroseconds { get; init; }

    /// <summary>CPU time in each period in microseconds; -1 for unlimited. Not together with NanoCpus.</summary>
    public long? CpuQuotaMicroseconds { get; init; }

    /// <summary>Relative CPU weight on cgroup v1's scale, 2 to 262144, 1024 being the default.</summary>
    public long? CpuShares { get; init; }

    /// <summary>The CPUs it may run on, a list such as <c>0-2,4</c>.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>The memory nodes it may use, a list such as <c>0-1</c>.</summary>
    public string? CpusetMems { get; init; }

    /// <summary>The number of tasks; -1 for unlimited.</summary>
    public long? Pids { get; init; }

    /// <summary>Relative block I/O weight, 10 to 1000.</summary>
    public int? BlkioWeight { get; init; }

    /// <summary>Relative block I/O weights for single devices.</summary>
    public IReadOnlyList<BlockDeviceWeight> BlkioDeviceWeights { get; init; } = [];

    /// <summary>Limits on the traffic with single block devices.</summary>
    public IReadOnlyList<BlockRate> BlkioRates { get; init; } = [];

    /// <summary>
    /// Whether its memory, tasks and block I/O are counted also where nothing limits them, as far as the host has the controllers.
    /// </summary>
    public bool Measured { get; init; }

    /// <summary>Whether any limit is set, or something is to be counted.</summary>
    public bool Any => !Equals(s_none with { BlkioDeviceWeights = BlkioDeviceWeights, BlkioRates = BlkioRates })
        || BlkioDeviceWeights.Count > 0 || BlkioRates.Count > 0;

    private static readonly CgroupLimits s_none = new();
}
