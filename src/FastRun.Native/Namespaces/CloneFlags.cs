using System;

namespace FastRun.Native.Namespaces;

/// <summary>Flags of clone3(2), <c>linux/sched.h</c>.</summary>
[Flags]
public enum CloneFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>CLONE_VM: share the memory.</summary>
    Memory = 0x100,

    /// <summary>CLONE_FS: share working directory and umask; unshare(2) parts with the other threads.</summary>
    Filesystem = 0x200,

    /// <summary>CLONE_PIDFD: return a pidfd.</summary>
    PidFd = 0x1000,

    /// <summary>CLONE_VFORK: the caller sleeps until the child execs or exits.</summary>
    Vfork = 0x4000,

    /// <summary>CLONE_NEWNS.</summary>
    NewMount = 0x20000,

    /// <summary>CLONE_NEWCGROUP.</summary>
    NewCgroup = 0x2000000,

    /// <summary>CLONE_NEWUTS.</summary>
    NewUts = 0x4000000,

    /// <summary>CLONE_NEWIPC.</summary>
    NewIpc = 0x8000000,

    /// <summary>CLONE_NEWUSER.</summary>
    NewUser = 0x10000000,

    /// <summary>CLONE_NEWPID.</summary>
    NewPid = 0x20000000,

    /// <summary>CLONE_NEWNET.</summary>
    NewNet = 0x40000000,

    /// <summary>CLONE_CLEAR_SIGHAND: handlers go back to the default.</summary>
    ClearSignalHandlers = 0x100000000,

    /// <summary>CLONE_INTO_CGROUP: start in the cgroup that <c>clone_args.cgroup</c> names.</summary>
    IntoCgroup = 0x200000000,
}
