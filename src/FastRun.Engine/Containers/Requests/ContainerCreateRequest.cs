using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Images;
using FastRun.Engine.Logs;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.Volumes;
using FastRun.Layers.Oci;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers.Requests;

/// <summary>
/// What a front door asks for: the union of Docker's Config and HostConfig (Engine API, ContainerCreate) and of what only
/// the one-shot sandbox has. Values are parsed but not judged: defaults and checks live in the engine.
/// </summary>
public sealed record ContainerCreateRequest
{
    /// <summary>The image as the user wrote it: a reference, <c>oci:DIR[:TAG]</c>, <c>oci-archive:FILE</c>, <c>docker-archive:FILE</c> or <c>host</c>.</summary>
    public required string Image { get; init; }

    /// <summary>When a registry is asked for the image.</summary>
    public PullPolicy PullPolicy { get; init; }

    /// <summary>No registry is asked for anything: what is missing is an error.</summary>
    public bool Offline { get; init; }

    /// <summary>The command; null takes the image's Cmd.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Replaces the image's Entrypoint when not null; a list with one empty string clears it.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary><c>NAME=value</c>; <c>NAME</c> alone takes away a variable of the image. Later ones win.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The working directory; null takes the workspace's, then the image's.</summary>
    public string? WorkingDir { get; init; }

    /// <summary><c>user[:group]</c> by name or number; null takes the image's.</summary>
    public string? User { get; init; }

    /// <summary>The host name; null takes the short id.</summary>
    public string? Hostname { get; init; }

    /// <summary>The NIS domain name, and the end of its whole name; null for none.</summary>
    public string? Domainname { get; init; }

    /// <summary>More groups of the user, by name or number of the image.</summary>
    public IReadOnlyList<string> GroupAdd { get; init; } = [];

    /// <summary>What of the host's namespaces it shares.</summary>
    public NamespaceModes Namespaces { get; init; } = new();

    /// <summary>What others keep beside it, by key; inspect shows it.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>A pseudo terminal (-t).</summary>
    public bool Tty { get; init; }

    /// <summary>The rows that its terminal has from the start; null where who attaches says.</summary>
    public int? ConsoleRows { get; init; }

    /// <summary>The columns that its terminal has from the start.</summary>
    public int? ConsoleColumns { get; init; }

    /// <summary>Standard input is the caller's (-i); otherwise it is empty.</summary>
    public bool OpenStdin { get; init; }

    /// <summary>Standard input ends when the first client that was attached to it leaves.</summary>
    public bool StdinOnce { get; init; }

    /// <summary>Whether who makes it means to read from it: inspect tells, and nothing else.</summary>
    public bool AttachStdin { get; init; }

    /// <summary>Whether who makes it means to see its output: inspect tells, and nothing else.</summary>
    public bool AttachStdout { get; init; }

    /// <summary>Whether who makes it means to see its errors: inspect tells, and nothing else.</summary>
    public bool AttachStderr { get; init; }

    /// <summary>The container's name; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>Labels by key.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The signal that asks it to end, by name or number; null takes the image's, then SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The directory that the command works on; null for none.</summary>
    public Workspace? Workspace { get; init; }

    /// <summary>Binds, volumes and tmpfs in the order given.</summary>
    public IReadOnlyList<MountRequest> Mounts { get; init; } = [];

    /// <summary>Containers whose volumes and binds it gets too, <c>CONTAINER[:ro|rw]</c>; they are among <see cref="Mounts"/> once it is made.</summary>
    public IReadOnlyList<string> VolumesFrom { get; init; } = [];

    /// <summary>
    /// What it has for a network: the name or id of the first one that it is in, <c>host</c>, <c>none</c> or <c>container:NAME</c>;
    /// null takes the default.
    /// </summary>
    public string? Network { get; init; }

    /// <summary>What it asks for in each network; none where it asks for nothing but <see cref="Network"/>.</summary>
    public IReadOnlyList<EndpointRequest> Endpoints { get; init; } = [];

    /// <summary>The host's ports that lead to its own.</summary>
    public IReadOnlyList<PortBinding> Ports { get; init; } = [];

    /// <summary>Every port that the image or <see cref="ExposedPorts"/> names gets a port of the host that is free.</summary>
    public bool PublishAllPorts { get; init; }

    /// <summary>Ports that it is said to listen at: <c>80/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>Name servers for /etc/resolv.conf.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Search domains for /etc/resolv.conf; a single <c>.</c> means none.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Options for /etc/resolv.conf, for example <c>ndots:2</c>.</summary>
    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>Extra lines for /etc/hosts, <c>name:ip</c> or <c>name:host-gateway</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    /// <summary>The containers that it is linked to, <c>name:alias</c>.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Where it may send (docs/networks.md, "Egress"), one rule each; empty for nowhere, null for anywhere.</summary>
    public IReadOnlyList<string>? Egress { get; init; }

    /// <summary>Limits that a cgroup enforces.</summary>
    public CgroupLimits Limits { get; init; } = new();

    /// <summary>Limits on the traffic with block devices.</summary>
    public IReadOnlyList<BlockDeviceRate> BlkioDeviceRates { get; init; } = [];

    /// <summary>Relative I/O weights for block devices.</summary>
    public IReadOnlyList<BlockDevicePriority> BlkioDevicePriorities { get; init; } = [];

    /// <summary>How readily the kernel kills it when memory is short, -1000 to 1000; null leaves what the caller has.</summary>
    public int? OomScoreAdjustment { get; init; }

    /// <summary>The cgroup to be created in; null for our own subtree.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>Resource limits of the process (setrlimit(2)).</summary>
    public IReadOnlyList<Ulimit> Ulimits { get; init; } = [];

    /// <summary>Size of /dev/shm in bytes; null for 64 MiB.</summary>
    public long? ShmSizeBytes { get; init; }

    /// <summary>The root file system is read-only.</summary>
    public bool ReadOnlyRootfs { get; init; }

    /// <summary>Capabilities to add, with or without CAP_, or ALL.</summary>
    public IReadOnlyList<string> CapAdd { get; init; } = [];

    /// <summary>Capabilities to drop, with or without CAP_, or ALL.</summary>
    public IReadOnlyList<string> CapDrop { get; init; } = [];

    /// <summary>
    /// <c>seccomp=FILE</c>, <c>seccomp=unconfined</c>, <c>no-new-privileges[:true|false]</c>, <c>systempaths=unconfined</c>: no masked and no read-only paths in /proc and /sys.
    /// </summary>
    public IReadOnlyList<string> SecurityOpt { get; init; } = [];

    /// <summary>All capabilities and devices that this host can give, and no masks.</summary>
    public bool Privileged { get; init; }

    /// <summary>Devices to pass through.</summary>
    public IReadOnlyList<DeviceRequest> Devices { get; init; } = [];

    /// <summary>Rules that allow more devices, without making their nodes.</summary>
    public IReadOnlyList<DeviceRule> DeviceCgroupRules { get; init; } = [];

    /// <summary>Namespaced sysctls by name.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>PID 1 is our init, which forwards signals and reaps.</summary>
    public bool Init { get; init; }

    /// <summary>The wanted platform; null for the host's.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Remove it, and its anonymous volumes, when it ends (--rm).</summary>
    public bool AutoRemove { get; init; }

    /// <summary>When it is started again; null for never.</summary>
    public RestartPolicy? RestartPolicy { get; init; }

    /// <summary>How it is found out whether it does its work; null takes the image's way.</summary>
    public HealthCheck? Healthcheck { get; init; }

    /// <summary>How its output is kept; null for the default.</summary>
    public LogConfiguration? Log { get; init; }

    /// <summary>How long it may take to end after its stop signal, in seconds; null for 10, -1 for ever.</summary>
    public int? StopTimeoutSeconds { get; init; }

    /// <summary>How long it may run; null for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The file for the report of each run (docs/run-report.md); null for none.</summary>
    public string? ReportFile { get; init; }
}
