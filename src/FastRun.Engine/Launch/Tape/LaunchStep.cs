namespace FastRun.Engine.Launch.Tape;

/// <summary>Which part of a launch a system call belongs to: the tape's marks, from which a failure is told.</summary>
internal enum LaunchStep
{
    /// <summary>Session, cgroup v1 groups, mount propagation.</summary>
    Isolate,

    /// <summary>Namespaces of other containers.</summary>
    SharedNamespaces,

    /// <summary>The root becomes the root.</summary>
    Root,

    /// <summary>proc, sys, dev and what is below them.</summary>
    SystemMounts,

    /// <summary>Host name, loopback, keyring.</summary>
    Names,

    /// <summary>Sysctls.</summary>
    Sysctls,

    /// <summary>Masked and read-only paths.</summary>
    Masks,

    /// <summary>The working directory.</summary>
    WorkingDirectory,

    /// <summary>Standard descriptors and terminal.</summary>
    StandardDescriptors,

    /// <summary>Resource limits.</summary>
    ResourceLimits,

    /// <summary>oom_score_adj.</summary>
    OomScore,

    /// <summary>User, groups, capabilities, seccomp.</summary>
    Identity,

    /// <summary>execve.</summary>
    Execute,

    /// <summary>The first of the plan's mounts; the following numbers are the next ones.</summary>
    FirstMount = 1000,
}
