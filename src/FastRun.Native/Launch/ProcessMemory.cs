using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>What this process holds of the machine's memory.</summary>
public static class ProcessMemory
{
    /// <summary>
    /// Lets go of the pages of the program's own code and constants (madvise(2), MADV_DONTNEED) but for those that its start has
    /// written to: the kernel maps them again from the page cache as they are used. For a process that is about to wait for long.
    /// </summary>
    public static void ReleaseCode() => Kernel.release_code();

    /// <summary>
    /// Keeps this memory, and with it the descriptors and the program's file, from other processes that could trace it as the
    /// same user: it is no longer dumpable (proc(5), ptrace(2) "access mode checking"). For a child that shares it as well.
    /// </summary>
    public static void Hide() => Kernel.fast_syscall(Sys.prctl, 4 /* PR_SET_DUMPABLE */, 0, 0, 0, 0, 0);
}
