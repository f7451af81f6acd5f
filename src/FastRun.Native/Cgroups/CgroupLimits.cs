namespace FastRun.Native.Cgroups;

/// <summary>What a cgroup may limit. Null leaves the kernel's default.</summary>
public sealed record CgroupLimits
{
    /// <summary>Memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Memory plus swap in bytes, as Docker counts it; -1 for unlimited swap. Null with a memory limit: twice that.</summary>
    public long? MemorySwapBytes { get; init; }

    /// <summary>CPU time in billionths of a CPU (Docker's NanoCpus): 1.5 CPUs are 1,500,000,000.</summary>
    public long? NanoCpus { get; init; }

    /// <summary>Relative CPU weight on cgroup v1's scale, 2 to 262144, 1024 being the default.</summary>
    public long? CpuShares { get; init; }

    /// <summary>The CPUs it may run on, a list such as <c>0-2,4</c>.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>The number of tasks; -1 for unlimited.</summary>
    public long? Pids { get; init; }

    /// <summary>Relative block I/O weight, 10 to 1000.</summary>
    public int? BlkioWeight { get; init; }

    /// <summary>Whether any limit is set.</summary>
    public bool Any => !Equals(s_none);

    private static readonly CgroupLimits s_none = new();
}
