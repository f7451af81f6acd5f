using System.Collections.Generic;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Native;
using FastRun.Native.Capabilities;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch;

/// <summary>
/// Everything that is decided about one launch: descriptors that are open, names that are looked up, limits that are
/// checked. <see cref="TapeWriter"/> turns it into system calls without deciding anything.
/// </summary>
internal sealed class LaunchPlan
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

    /// <summary>Mounts in the order in which they are attached.</summary>
    internal required IReadOnlyList<PlannedMount> Mounts { get; init; }

    /// <summary>What is written below /proc/sys.</summary>
    internal required IReadOnlyList<SysctlWrite> Sysctls { get; init; }

    /// <summary>Paths are masked and read-only; not so when privileged.</summary>
    internal required bool MaskPaths { get; init; }

    /// <summary>The root is made read-only once all targets exist.</summary>
    internal required bool ReadOnlyRoot { get; init; }

    /// <summary>The host name of its UTS namespace.</summary>
    internal required string HostName { get; init; }

    /// <summary>Where the command starts, resolved in the root by the child.</summary>
    internal required string WorkingDirectory { get; init; }

    /// <summary>Who it runs as.</summary>
    internal required ProcessIdentity Identity { get; init; }

    /// <summary>The capabilities of its bounding, permitted and effective sets.</summary>
    internal required CapabilitySet Capabilities { get; init; }

    /// <summary>The seccomp filter; null for none.</summary>
    internal required SeccompFilter? Seccomp { get; init; }

    /// <summary>Whether no_new_privs is set.</summary>
    internal required bool NoNewPrivileges { get; init; }

    /// <summary>RLIMIT_* numbers with soft and hard limits.</summary>
    internal required IReadOnlyList<ResourceLimit> ResourceLimits { get; init; }

    /// <summary>What is written to oom_score_adj; null for nothing.</summary>
    internal required string? OomScoreAdjustment { get; init; }

    /// <summary>The environment, <c>NAME=value</c>.</summary>
    internal required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The argument vector.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The files that execve tries, in this order.</summary>
    internal required IReadOnlyList<string> Candidates { get; init; }

    /// <summary>The sealed init to run as PID 1, or null.</summary>
    internal required Fd? Init { get; init; }

    /// <summary>Its standard descriptors.</summary>
    internal required ContainerStreams Streams { get; init; }
}
