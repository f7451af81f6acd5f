using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about the limits that a cgroup enforces. As in Docker, 0 is the same as no limit given.</summary>
internal sealed class LimitOptions
{
    private CgroupLimits _limits = new();
    private readonly List<BlockDeviceRate> _rates = [];
    private readonly List<BlockDevicePriority> _priorities = [];
    private string? _cgroupParent;
    private int? _oomScoreAdjustment;

    internal Option[] Build() =>
    [
        new("memory", 'm', "bytes", "Memory limit, for example 512m", value => _limits = _limits with { MemoryBytes = Values.UnlessZero(ByteSize.Parse(value)) }),
        new("memory-swap", '\0', "bytes", "Limit of memory plus swap; -1 for unlimited swap", value => _limits = _limits with { MemorySwapBytes = value == "-1" ? -1 : Values.UnlessZero(ByteSize.Parse(value)) }),
        new("memory-reservation", '\0', "bytes", "Memory soft limit: what is reclaimed last when memory is short", value => _limits = _limits with { MemoryReservationBytes = Values.UnlessZero(ByteSize.Parse(value)) }),
        new("memory-swappiness", '\0', "int", "How readily memory is swapped out, 0 to 100; cgroup v1 only", value => _limits = _limits with { MemorySwappiness = value == "-1" ? null : Values.Integer(value) }),
        new("kernel-memory", '\0', "bytes", "Refused: Linux has no limit for kernel memory alone any more", KernelMemory),
        Option.Switch("oom-kill-disable", '\0', "Let processes wait for memory instead of killing one; cgroup v1 only", value => _limits = _limits with { OomKillDisable = value }),
        new("oom-score-adj", '\0', "int", "How readily the kernel kills it when the host's memory is short (-1000 to 1000)", value => _oomScoreAdjustment = checked((int)System.Math.Clamp(Values.Integer(value), -100000, 100000))),
        new("cpus", '\0', "decimal", "Number of CPUs, for example 1.5", value => _limits = _limits with { NanoCpus = Values.UnlessZero(CpuCount.Parse(value)) }),
        new("cpu-period", '\0', "int", "Length of a CPU period in microseconds", value => _limits = _limits with { CpuPeriodMicroseconds = Values.UnlessZero(Values.Integer(value)) }),
        new("cpu-quota", '\0', "int", "CPU time in each period in microseconds; -1 for unlimited", value => _limits = _limits with { CpuQuotaMicroseconds = Values.UnlessZero(Values.Integer(value)) }),
        new("cpu-shares", 'c', "int", "CPU shares (relative weight, 1024 being the default)", value => _limits = _limits with { CpuShares = Values.UnlessZero(Values.Integer(value)) }),
        new("cpuset-cpus", '\0', "string", "CPUs in which to allow execution (0-3, 0,1)", value => _limits = _limits with { CpusetCpus = value.Length == 0 ? null : value }),
        new("cpuset-mems", '\0', "string", "Memory nodes in which to allow execution (0-3, 0,1)", value => _limits = _limits with { CpusetMems = value.Length == 0 ? null : value }),
        new("pids-limit", '\0', "int", "Limit of processes and threads; -1 for unlimited", value => _limits = _limits with { Pids = Values.UnlessZero(Values.Integer(value)) }),
        new("blkio-weight", '\0', "uint16", "Block IO (relative weight), between 10 and 1000, or 0 to disable", value => _limits = _limits with { BlkioWeight = (int?)Values.UnlessZero(Values.UnsignedShort(value)) }),
        new("blkio-weight-device", '\0', "list", "Block IO weight for one device: /dev/PATH:WEIGHT", value => _priorities.Add(BlockDeviceSyntax.ParseWeight(value))),
        Rate("device-read-bps", "Limit of bytes per second read from a device: /dev/PATH:RATE", BlockRateKind.ReadBytes),
        Rate("device-write-bps", "Limit of bytes per second written to a device: /dev/PATH:RATE", BlockRateKind.WriteBytes),
        Rate("device-read-iops", "Limit of reads per second from a device: /dev/PATH:NUMBER", BlockRateKind.ReadOperations),
        Rate("device-write-iops", "Limit of writes per second to a device: /dev/PATH:NUMBER", BlockRateKind.WriteOperations),
        new("cgroup-parent", '\0', "string", "The cgroup to make the container's in", value => _cgroupParent = value.Length == 0 ? null : value),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) => request with
    {
        Limits = _limits,
        BlkioDeviceRates = _rates,
        BlkioDevicePriorities = _priorities,
        OomScoreAdjustment = _oomScoreAdjustment,
        CgroupParent = _cgroupParent,
    };

    private Option Rate(string name, string description, BlockRateKind kind) =>
        new(name, '\0', "list", description, value => _rates.Add(BlockDeviceSyntax.ParseRate(value, kind)));

    private static void KernelMemory(string value)
    {
        if (ByteSize.Parse(value) != 0)
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                "kernel memory: Linux has no limit for it alone any more",
                hint: "--memory counts the kernel's memory too");
        }
    }
}
