using System.Collections.Generic;
using FastRun.Engine.Launch.Tape;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Native;
using FastRun.Native.Capabilities;

namespace FastRun.Engine.Launch;

/// <summary>
/// What is decided about a process of a container, whether it is the first one of a new container or one more in a container
/// that runs. <see cref="ProcessSteps"/> turns it into system calls.
/// </summary>
internal abstract class ProcessPlan
{
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

    /// <summary>The sealed init to run instead, which goes on to the command; or null.</summary>
    internal required Fd? Init { get; init; }

    /// <summary>Its standard descriptors.</summary>
    internal required ContainerStreams Streams { get; init; }

    /// <summary>A descriptor that it keeps besides those; null for none.</summary>
    internal Fd? KeptDescriptor { get; init; }

    /// <summary>
    /// Whether the process of the tape is itself the one that ends with this process and has the terminal; not where it makes
    /// the command its sibling.
    /// </summary>
    internal bool IsCommand { get; init; } = true;
}
