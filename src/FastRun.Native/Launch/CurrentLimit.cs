using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>This process's own resource limits (prlimit(2)).</summary>
public static unsafe class CurrentLimit
{
    /// <summary>The hard limit of an RLIMIT_* number; the largest number means unlimited.</summary>
    /// <exception cref="SyscallException">EINVAL for an unknown resource.</exception>
    public static ulong Hard(int resource)
    {
        rlimit64 limit = default;
        SyscallException.Check(
            Kernel.fast_syscall(Sys.prlimit64, 0, resource, 0, (nint)(&limit), 0, 0), "prlimit64");
        return limit.rlim_max;
    }
}
