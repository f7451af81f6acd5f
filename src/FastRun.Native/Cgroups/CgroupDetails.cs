using System.Collections.Generic;

namespace FastRun.Native.Cgroups;

/// <summary>What a cgroup counts one by one. Null, or nothing, where the host does not count it for this group.</summary>
public sealed class CgroupDetails
{
    /// <summary>memory.stat in its order: bytes or numbers of events, in the words of the group's version.</summary>
    public IReadOnlyList<CgroupCounter> Memory { get; internal set; } = [];

    /// <summary>How often memory ran against its limit: v1 alone has it.</summary>
    public long? MemoryFailures { get; internal set; }

    /// <summary>The time that each processor worked for it, in nanoseconds, as the kernel writes it: v1 alone has it.</summary>
    public IReadOnlyList<string>? ProcessorNanoseconds { get; internal set; }

    /// <summary>How many periods of the CPU quota there were.</summary>
    public long? CpuPeriods { get; internal set; }

    /// <summary>The most tasks that it may have; null for any number.</summary>
    public long? PidsLimit { get; internal set; }

    /// <summary>Bytes by device and operation.</summary>
    public IReadOnlyList<BlockCounter> IoBytes { get; internal set; } = [];

    /// <summary>Requests by device and operation: v1 alone has them so.</summary>
    public IReadOnlyList<BlockCounter>? IoOperations { get; internal set; }
}
