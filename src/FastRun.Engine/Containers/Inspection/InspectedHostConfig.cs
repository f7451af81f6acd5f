using System.Collections.Generic;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>What a container may use of the host (Engine API, HostConfig).</summary>
public sealed class InspectedHostConfig
{
    /// <summary>Binds and named volumes, as -v takes them.</summary>
    public IReadOnlyList<string>? Binds { get; init; }

    /// <summary>Empty: the command line that wrote one does not tell.</summary>
    [JsonPropertyName("ContainerIDFile")]
    public string ContainerIdFile { get; init; } = "";

    /// <summary>How its output is kept.</summary>
    public required InspectedLogConfig LogConfig { get; init; }

    /// <summary>The network.</summary>
    public required string NetworkMode { get; init; }

    /// <summary>The ports to publish.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<InspectedPortBinding>?> PortBindings { get; init; }

    /// <summary>When it is started again.</summary>
    public required InspectedRestartPolicy RestartPolicy { get; init; }

    /// <summary>Whether it is removed when it ends.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>The driver of volumes that name none.</summary>
    public string VolumeDriver { get; init; } = "";

    /// <summary>The containers whose volumes it has.</summary>
    public IReadOnlyList<string>? VolumesFrom { get; init; }

    /// <summary>The size of a Windows console.</summary>
    public IReadOnlyList<int> ConsoleSize { get; init; } = [0, 0];

    /// <summary>Capabilities added.</summary>
    public IReadOnlyList<string>? CapAdd { get; init; }

    /// <summary>Capabilities dropped.</summary>
    public IReadOnlyList<string>? CapDrop { get; init; }

    /// <summary>Its cgroup namespace.</summary>
    public string CgroupnsMode { get; init; } = "private";

    /// <summary>Name servers.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Options of the resolver.</summary>
    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>Search domains.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Extra lines of /etc/hosts.</summary>
    public IReadOnlyList<string>? ExtraHosts { get; init; }

    /// <summary>More groups of the user.</summary>
    public IReadOnlyList<string>? GroupAdd { get; init; }

    /// <summary>Its IPC namespace.</summary>
    public string IpcMode { get; init; } = "private";

    /// <summary>Always empty.</summary>
    public string Cgroup { get; init; } = "";

    /// <summary>The links of the default bridge.</summary>
    public IReadOnlyList<string>? Links { get; init; }

    /// <summary>How readily the kernel kills it when memory is short.</summary>
    public int OomScoreAdj { get; init; }

    /// <summary>Empty for a PID namespace of its own.</summary>
    public string PidMode { get; init; } = "";

    /// <summary>All capabilities and devices that this host can give, and no masks.</summary>
    public bool Privileged { get; init; }

    /// <summary>Whether all ports of the image are published.</summary>
    public bool PublishAllPorts { get; init; }

    /// <summary>Whether the root file system is read-only.</summary>
    public bool ReadonlyRootfs { get; init; }

    /// <summary>Options about security.</summary>
    public IReadOnlyList<string>? SecurityOpt { get; init; }

    /// <summary>What <c>--mount</c> asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonArray? Mounts { get; init; }

    /// <summary>Its tmpfs mounts, as --tmpfs takes them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? Tmpfs { get; init; }

    /// <summary>Empty for a UTS namespace of its own.</summary>
    public string UTSMode { get; init; } = "";

    /// <summary>Its user namespace; empty for the default.</summary>
    public string UsernsMode { get; init; } = "";

    /// <summary>Size of /dev/shm in bytes.</summary>
    public long ShmSize { get; init; }

    /// <summary>Namespaced sysctls.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>What starts it.</summary>
    public string Runtime { get; init; } = "fastrun";

    /// <summary>What others keep beside it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Of Windows.</summary>
    public string Isolation { get; init; } = "";

    /// <summary>Relative CPU weight; 0 for the default.</summary>
    public long CpuShares { get; init; }

    /// <summary>Memory limit in bytes; 0 for none.</summary>
    public long Memory { get; init; }

    /// <summary>CPU time in billionths of a CPU; 0 for no limit.</summary>
    public long NanoCpus { get; init; }

    /// <summary>The cgroup that its own is in; empty for the engine's.</summary>
    public string CgroupParent { get; init; } = "";

    /// <summary>Relative block I/O weight; 0 for the default.</summary>
    public int BlkioWeight { get; init; }

    /// <summary>The same for single devices.</summary>
    public IReadOnlyList<InspectedWeight> BlkioWeightDevice { get; init; } = [];

    /// <summary>Bytes read per second.</summary>
    public IReadOnlyList<InspectedRate> BlkioDeviceReadBps { get; init; } = [];

    /// <summary>Bytes written per second.</summary>
    public IReadOnlyList<InspectedRate> BlkioDeviceWriteBps { get; init; } = [];

    /// <summary>Reads per second.</summary>
    public IReadOnlyList<InspectedRate> BlkioDeviceReadIOps { get; init; } = [];

    /// <summary>Writes per second.</summary>
    public IReadOnlyList<InspectedRate> BlkioDeviceWriteIOps { get; init; } = [];

    /// <summary>Length of a CPU period in microseconds; 0 for the default.</summary>
    public long CpuPeriod { get; init; }

    /// <summary>CPU time in each period in microseconds; 0 for no limit.</summary>
    public long CpuQuota { get; init; }

    /// <summary>Always 0.</summary>
    public long CpuRealtimePeriod { get; init; }

    /// <summary>Always 0.</summary>
    public long CpuRealtimeRuntime { get; init; }

    /// <summary>The CPUs that it may run on; empty for all.</summary>
    public string CpusetCpus { get; init; } = "";

    /// <summary>The memory nodes that it may use; empty for all.</summary>
    public string CpusetMems { get; init; } = "";

    /// <summary>Devices passed through.</summary>
    public IReadOnlyList<InspectedDevice> Devices { get; init; } = [];

    /// <summary>Rules that allow more devices.</summary>
    public IReadOnlyList<string>? DeviceCgroupRules { get; init; }

    /// <summary>Devices of drivers.</summary>
    public IReadOnlyList<string>? DeviceRequests { get; init; }

    /// <summary>Memory in bytes that is reclaimed last; 0 for none.</summary>
    public long MemoryReservation { get; init; }

    /// <summary>Memory plus swap in bytes; -1 for unlimited, 0 for none.</summary>
    public long MemorySwap { get; init; }

    /// <summary>How readily memory is swapped out.</summary>
    public long? MemorySwappiness { get; init; }

    /// <summary>Whether processes wait for memory instead of being killed.</summary>
    public bool? OomKillDisable { get; init; }

    /// <summary>The number of tasks; null for no limit.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>Resource limits of the process.</summary>
    public IReadOnlyList<InspectedUlimit> Ulimits { get; init; } = [];

    /// <summary>Whether PID 1 is the engine's init.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Init { get; init; }

    /// <summary>Where it may send, a rule each; not there for anywhere. Docker has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Egress { get; init; }

    /// <summary>Of Windows.</summary>
    public long CpuCount { get; init; }

    /// <summary>Of Windows.</summary>
    public long CpuPercent { get; init; }

    /// <summary>Of Windows.</summary>
    public long IOMaximumIOps { get; init; }

    /// <summary>Of Windows.</summary>
    public long IOMaximumBandwidth { get; init; }

    /// <summary>What it cannot see of /proc and /sys.</summary>
    public IReadOnlyList<string>? MaskedPaths { get; init; }

    /// <summary>What it cannot write of them.</summary>
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }
}
