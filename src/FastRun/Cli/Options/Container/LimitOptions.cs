using FastRun.Engine.Containers;
using FastRun.Native.Cgroups;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about the limits that a cgroup enforces. As in Docker, 0 is the same as no limit given.</summary>
internal sealed class LimitOptions
{
    private CgroupLimits _limits = new();
    private string? _cgroupParent;

    internal Option[] Build() =>
    [
        new("memory", 'm', "bytes", "Memory limit, for example 512m", value => _limits = _limits with { MemoryBytes = Values.UnlessZero(ByteSize.Parse(value)) }),
        new("memory-swap", '\0', "bytes", "Limit of memory plus swap; -1 for unlimited swap", value => _limits = _limits with { MemorySwapBytes = value == "-1" ? -1 : Values.UnlessZero(ByteSize.Parse(value)) }),
        new("cpus", '\0', "decimal", "Number of CPUs, for example 1.5", value => _limits = _limits with { NanoCpus = Values.UnlessZero(CpuCount.Parse(value)) }),
        new("cpu-shares", 'c', "int", "CPU shares (relative weight, 1024 being the default)", value => _limits = _limits with { CpuShares = Values.UnlessZero(Values.Integer(value)) }),
        new("cpuset-cpus", '\0', "string", "CPUs in which to allow execution (0-3, 0,1)", value => _limits = _limits with { CpusetCpus = value.Length == 0 ? null : value }),
        new("pids-limit", '\0', "int", "Limit of processes and threads; -1 for unlimited", value => _limits = _limits with { Pids = Values.UnlessZero(Values.Integer(value)) }),
        new("blkio-weight", '\0', "uint16", "Block IO (relative weight), between 10 and 1000, or 0 to disable", value => _limits = _limits with { BlkioWeight = (int?)Values.UnlessZero(Values.UnsignedShort(value)) }),
        new("cgroup-parent", '\0', "string", "The cgroup to make the container's in", value => _cgroupParent = value.Length == 0 ? null : value),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) =>
        request with { Limits = _limits, CgroupParent = _cgroupParent };
}
