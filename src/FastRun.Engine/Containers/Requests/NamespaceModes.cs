using System;

namespace FastRun.Engine.Containers.Requests;

/// <summary>Which namespaces a container shares (Engine API, HostConfig: PidMode and its kin), in Docker's words; null for Docker's default.</summary>
/// <param name="Pid"><c>host</c>, <c>container:NAME</c>, or nothing for one of its own.</param>
/// <param name="Ipc"><c>private</c>, <c>shareable</c>, <c>none</c> (no /dev/shm), <c>container:NAME</c> or <c>host</c>.</param>
/// <param name="Uts"><c>host</c>, or nothing for one of its own.</param>
/// <param name="User"><c>host</c>, which is what every container has.</param>
/// <param name="Cgroup"><c>private</c> or <c>host</c>.</param>
public sealed record NamespaceModes(string? Pid = null, string? Ipc = null, string? Uts = null, string? User = null, string? Cgroup = null)
{
    private const string Host = "host";
    private const string ContainerPrefix = "container:";

    /// <summary>Whether its processes are in a PID namespace that others have made.</summary>
    internal bool SharesPid => Pid == Host || PidContainer is not null;

    /// <summary>The container whose processes it sees; null for none.</summary>
    internal string? PidContainer => ContainerOf(Pid);

    /// <summary>Whether it has the host's System V objects, message queues and /dev/shm.</summary>
    internal bool HasHostIpc => Ipc == Host;

    /// <summary>Whether it has the System V objects, message queues and /dev/shm of others.</summary>
    internal bool SharesIpc => HasHostIpc || IpcContainer is not null;

    /// <summary>The container whose System V objects, message queues and /dev/shm it has; null for none.</summary>
    internal string? IpcContainer => ContainerOf(Ipc);

    /// <summary>Whether other containers may have its System V objects, message queues and /dev/shm.</summary>
    internal bool OffersIpc => Ipc == "shareable" || SharesIpc;

    /// <summary>Whether it has no /dev/shm.</summary>
    internal bool LacksSharedMemory => Ipc == "none";

    /// <summary>Whether it has the host's name.</summary>
    internal bool SharesUts => Uts == Host;

    /// <summary>Whether it sees where its cgroup is.</summary>
    internal bool SharesCgroup => Cgroup == Host;

    /// <summary>The container that a mode names; null for another mode.</summary>
    internal static string? ContainerOf(string? mode) =>
        mode is not null && mode.StartsWith(ContainerPrefix, StringComparison.Ordinal) ? mode[ContainerPrefix.Length..] : null;
}
