using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>What this process holds of the machine's memory.</summary>
public static class ProcessMemory
{
    /// <summary>
    /// Lets go of the pages of the program's own code (madvise(2), MADV_DONTNEED): the kernel maps them again from the page
    /// cache as they are used. For a process that is about to wait for long.
    /// </summary>
    public static void ReleaseCode() => Kernel.release_code();
}
