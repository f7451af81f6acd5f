namespace FastRun.Native.Seccomp;

/// <summary>What a filter can return for a system call: an action in the high half, data in the low one (seccomp(2)).</summary>
public static class SeccompReturn
{
    /// <summary>The call is made.</summary>
    public const uint Allow = Interop.Seccomp.SECCOMP_RET_ALLOW;

    /// <summary>The call is made, and logged.</summary>
    public const uint Log = Interop.Seccomp.SECCOMP_RET_LOG;

    /// <summary>The process gets SIGSYS.</summary>
    public const uint Trap = Interop.Seccomp.SECCOMP_RET_TRAP;

    /// <summary>The thread ends.</summary>
    public const uint KillThread = Interop.Seccomp.SECCOMP_RET_KILL_THREAD;

    /// <summary>The process ends.</summary>
    public const uint KillProcess = Interop.Seccomp.SECCOMP_RET_KILL_PROCESS;

    /// <summary>The largest errno that a filter can return.</summary>
    public const int LargestErrno = 4095;

    /// <summary>The call fails with an error.</summary>
    public static uint Errno(int errno) => Interop.Seccomp.SECCOMP_RET_ERRNO | ((uint)errno & Interop.Seccomp.SECCOMP_RET_DATA);

    /// <summary>A tracer decides, and is told a number; the call fails with ENOSYS where there is none.</summary>
    public static uint Trace(int message) => Interop.Seccomp.SECCOMP_RET_TRACE | ((uint)message & Interop.Seccomp.SECCOMP_RET_DATA);
}
