using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>pidfds of processes that this one did not start.</summary>
public static class ProcessDescriptor
{
    /// <summary>A pidfd of the calling process, readable once it has ended (pidfd_open(2)).</summary>
    /// <exception cref="SyscallException">There is no descriptor left.</exception>
    public static Fd OpenSelf() =>
        Fd.FromResult(
            Kernel.fast_syscall(Sys.pidfd_open, System.Environment.ProcessId, 0, 0, 0, 0, 0), "pidfd_open");
}
