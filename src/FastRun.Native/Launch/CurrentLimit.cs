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

    /// <summary>Lets this process open as many descriptors as its hard limit allows (RLIMIT_NOFILE).</summary>
    /// <exception cref="SyscallException">The kernel refused.</exception>
    public static void RaiseDescriptors()
    {
        const int RLIMIT_NOFILE = 7;
        ulong hard = Hard(RLIMIT_NOFILE);
        rlimit64 limit = new() { rlim_cur = hard, rlim_max = hard };
        SyscallException.Check(
            Kernel.fast_syscall(Sys.prlimit64, 0, RLIMIT_NOFILE, (nint)(&limit), 0, 0, 0), "prlimit64");
    }
}
