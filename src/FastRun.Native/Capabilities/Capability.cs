namespace FastRun.Native.Capabilities;

/// <summary>The capabilities of <c>linux/capability.h</c>, in its spelling; see capabilities(7).</summary>
public enum Capability
{
    /// <summary>Change file owners and groups at will.</summary>
    CAP_CHOWN = 0,

    /// <summary>Bypass permission checks of files.</summary>
    CAP_DAC_OVERRIDE = 1,

    /// <summary>Read any file and search any directory; open by handle.</summary>
    CAP_DAC_READ_SEARCH = 2,

    /// <summary>Act as the owner of any file.</summary>
    CAP_FOWNER = 3,

    /// <summary>Keep set-id bits when changing files.</summary>
    CAP_FSETID = 4,

    /// <summary>Signal any process.</summary>
    CAP_KILL = 5,

    /// <summary>Change group identities.</summary>
    CAP_SETGID = 6,

    /// <summary>Change user identities.</summary>
    CAP_SETUID = 7,

    /// <summary>Change the capabilities of processes.</summary>
    CAP_SETPCAP = 8,

    /// <summary>Set the immutable and append-only flags.</summary>
    CAP_LINUX_IMMUTABLE = 9,

    /// <summary>Bind ports below 1024.</summary>
    CAP_NET_BIND_SERVICE = 10,

    /// <summary>Broadcast and listen to multicast; unused by the kernel.</summary>
    CAP_NET_BROADCAST = 11,

    /// <summary>Configure networks.</summary>
    CAP_NET_ADMIN = 12,

    /// <summary>Use raw and packet sockets.</summary>
    CAP_NET_RAW = 13,

    /// <summary>Lock memory.</summary>
    CAP_IPC_LOCK = 14,

    /// <summary>Bypass permission checks of System V IPC objects.</summary>
    CAP_IPC_OWNER = 15,

    /// <summary>Load and unload kernel modules.</summary>
    CAP_SYS_MODULE = 16,

    /// <summary>Access I/O ports and raw devices.</summary>
    CAP_SYS_RAWIO = 17,

    /// <summary>Use chroot(2) and setns(2) of mount namespaces.</summary>
    CAP_SYS_CHROOT = 18,

    /// <summary>Trace any process.</summary>
    CAP_SYS_PTRACE = 19,

    /// <summary>Switch process accounting.</summary>
    CAP_SYS_PACCT = 20,

    /// <summary>Administer the system: mounts, namespaces and much else.</summary>
    CAP_SYS_ADMIN = 21,

    /// <summary>Reboot, load a kernel to boot.</summary>
    CAP_SYS_BOOT = 22,

    /// <summary>Raise priorities, set scheduling and affinity of any process.</summary>
    CAP_SYS_NICE = 23,

    /// <summary>Exceed resource limits.</summary>
    CAP_SYS_RESOURCE = 24,

    /// <summary>Set the clock.</summary>
    CAP_SYS_TIME = 25,

    /// <summary>Configure and hang up terminals.</summary>
    CAP_SYS_TTY_CONFIG = 26,

    /// <summary>Create device nodes.</summary>
    CAP_MKNOD = 27,

    /// <summary>Take leases on any file.</summary>
    CAP_LEASE = 28,

    /// <summary>Write to the audit log.</summary>
    CAP_AUDIT_WRITE = 29,

    /// <summary>Control auditing.</summary>
    CAP_AUDIT_CONTROL = 30,

    /// <summary>Set file capabilities.</summary>
    CAP_SETFCAP = 31,

    /// <summary>Override mandatory access control.</summary>
    CAP_MAC_OVERRIDE = 32,

    /// <summary>Configure mandatory access control.</summary>
    CAP_MAC_ADMIN = 33,

    /// <summary>Read and clear the kernel log.</summary>
    CAP_SYSLOG = 34,

    /// <summary>Set wake-up alarms.</summary>
    CAP_WAKE_ALARM = 35,

    /// <summary>Block suspend.</summary>
    CAP_BLOCK_SUSPEND = 36,

    /// <summary>Read the audit log.</summary>
    CAP_AUDIT_READ = 37,

    /// <summary>Monitor performance.</summary>
    CAP_PERFMON = 38,

    /// <summary>Use privileged BPF.</summary>
    CAP_BPF = 39,

    /// <summary>Checkpoint and restore processes.</summary>
    CAP_CHECKPOINT_RESTORE = 40,
}
