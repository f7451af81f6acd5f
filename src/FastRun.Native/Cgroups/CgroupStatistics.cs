namespace FastRun.Native.Cgroups;

/// <summary>What a cgroup has used. Null where the host does not count it for this group.</summary>
public sealed record CgroupStatistics
{
    /// <summary>Memory in use, in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The most memory that was in use at once, in bytes.</summary>
    public long? MemoryPeakBytes { get; init; }

    /// <summary>CPU time used, in microseconds.</summary>
    public long? CpuMicroseconds { get; init; }

    /// <summary>The part of it that was spent in the processes' own code, in microseconds.</summary>
    public long? UserMicroseconds { get; init; }

    /// <summary>The part of it that was spent in the kernel, in microseconds.</summary>
    public long? SystemMicroseconds { get; init; }

    /// <summary>How often the CPU quota ran out.</summary>
    public long? CpuThrottledPeriods { get; init; }

    /// <summary>How long processes waited for the next CPU quota, in microseconds.</summary>
    public long? CpuThrottledMicroseconds { get; init; }

    /// <summary>The number of tasks.</summary>
    public long? Pids { get; init; }

    /// <summary>The largest number of tasks at once.</summary>
    public long? PidsPeak { get; init; }

    /// <summary>Bytes read from block devices.</summary>
    public long? IoReadBytes { get; init; }

    /// <summary>Bytes written to block devices.</summary>
    public long? IoWriteBytes { get; init; }
}
