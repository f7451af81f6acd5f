namespace FastRun.Engine.Containers;

/// <summary>Which namespaces a container shares (Engine API, HostConfig: PidMode and its kin), in Docker's words; null for Docker's default.</summary>
/// <param name="Pid"><c>host</c>, or nothing for one of its own.</param>
/// <param name="Ipc"><c>private</c>, <c>shareable</c>, <c>none</c> (no /dev/shm) or <c>host</c>.</param>
/// <param name="Uts"><c>host</c>, or nothing for one of its own.</param>
/// <param name="User"><c>host</c>, which is what every container has.</param>
/// <param name="Cgroup"><c>private</c> or <c>host</c>.</param>
public sealed record NamespaceModes(string? Pid = null, string? Ipc = null, string? Uts = null, string? User = null, string? Cgroup = null)
{
    private const string Host = "host";

    /// <summary>Whether it sees the host's processes.</summary>
    internal bool SharesPid => Pid == Host;

    /// <summary>Whether it has the host's System V objects, message queues and /dev/shm.</summary>
    internal bool SharesIpc => Ipc == Host;

    /// <summary>Whether it has no /dev/shm.</summary>
    internal bool LacksSharedMemory => Ipc == "none";

    /// <summary>Whether it has the host's name.</summary>
    internal bool SharesUts => Uts == Host;

    /// <summary>Whether it sees where its cgroup is.</summary>
    internal bool SharesCgroup => Cgroup == Host;
}
