using System.Threading;
using FastRun.Native.Interop;
using FastRun.Native.Namespaces;

namespace FastRun.Native.Filesystem;

/// <summary>The umask(2), which the threads of a process share unless one has parted with them.</summary>
public static class FileCreationMask
{
    private static int s_callers;

    /// <summary>What it was before it was cleared: that of whoever started this process; 0 where it was not cleared, or clear already.</summary>
    public static int Callers => Volatile.Read(ref s_callers);

    /// <summary>Clears it, so that what is made gets exactly the permissions that are asked for.</summary>
    public static void Clear() => Interlocked.Or(ref s_callers, (int)Kernel.fast_syscall(Sys.umask, 0, 0, 0, 0, 0, 0));

    /// <summary>
    /// Clears it for this thread alone, which must be a dedicated one: it parts with the others for good, and with their working
    /// directory. Where a seccomp filter forbids that, nothing changes.
    /// </summary>
    public static void ClearForThread()
    {
        if (Kernel.fast_syscall(Sys.unshare, (nint)CloneFlags.Filesystem, 0, 0, 0, 0, 0) == 0)
        {
            Clear();
        }
    }
}
