using System.Collections.Generic;
using FastRun.Engine.Launch.Devices;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Tape;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch;

/// <summary>
/// Everything that is decided about one launch: descriptors that are open, names that are looked up, limits that are
/// checked. <see cref="TapeWriter"/> turns it into system calls without deciding anything.
/// </summary>
internal sealed class LaunchPlan : ProcessPlan
{
    /// <summary>The root file system, a detached mount.</summary>
    internal required Fd Root { get; init; }

    /// <summary>A directory of the host that only this launch uses, for the child to attach something on before the pivot.</summary>
    internal required string ScratchDirectory { get; init; }

    /// <summary>The device file system, a detached tmpfs.</summary>
    internal required DeviceFilesystem Devices { get; init; }

    /// <summary>The files that the engine makes for /etc, on a detached tmpfs.</summary>
    internal required SystemFiles SystemFiles { get; init; }

    /// <summary>The cgroup that the child starts in.</summary>
    internal required FastRun.Native.Cgroups.Cgroup Cgroup { get; init; }

    /// <summary>The namespaces that clone3 makes.</summary>
    internal required CloneFlags Namespaces { get; init; }

    /// <summary>The variables of its links, which what joins the container has too.</summary>
    internal required IReadOnlyList<string> LinkVariables { get; init; }

    /// <summary>The network namespace that is entered; null where clone3 makes one, or the host's is kept.</summary>
    internal required Fd? NetworkNamespace { get; init; }

    /// <summary>What it has of other containers' namespaces.</summary>
    internal required SharedNamespaces Shared { get; init; }

    /// <summary>Where the init tells of the command that it makes in a PID namespace of others; null where the command is the tape's own child.</summary>
    internal required JoinReport? Joining { get; init; }

    /// <summary>Mounts in the order in which they are attached.</summary>
    internal required IReadOnlyList<PlannedMount> Mounts { get; init; }

    /// <summary>Files in memory that are attached after these.</summary>
    internal IReadOnlyList<PrivateFile> PrivateFiles { get; init; } = [];

    /// <summary>What is written below /proc/sys.</summary>
    internal required IReadOnlyList<SysctlWrite> Sysctls { get; init; }

    /// <summary>Paths are masked and read-only; not so when privileged, or where that was asked for.</summary>
    internal required bool MaskPaths { get; init; }

    /// <summary>/sys is not read-only as a whole: when privileged.</summary>
    internal required bool WritableSystem { get; init; }

    /// <summary>The root is made read-only once all targets exist.</summary>
    internal required bool ReadOnlyRoot { get; init; }

    /// <summary>The host name of its UTS namespace.</summary>
    internal required string HostName { get; init; }

    /// <summary>The NIS domain name of its UTS namespace; null for none.</summary>
    internal required string? DomainName { get; init; }
}
