using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>Descriptors 0 to 2 as the caller of this program left them.</summary>
public static unsafe class StandardDescriptor
{
    private const int F_GETFD = 1;
    private const int F_GETFL = 3;
    private const int O_RDWR = 2;
    private const int O_PATH = 0x200000;

    /// <summary>
    /// Opens /dev/null in the place of each standard descriptor that is closed. Otherwise the next file that this program
    /// opens would become one: messages would be written into it, and a child would inherit it.
    /// </summary>
    public static void OpenMissing()
    {
        for (int descriptor = 0; descriptor < 3; descriptor++)
        {
            if (Kernel.fast_syscall(Sys.fcntl, descriptor, F_GETFD, 0, 0, 0, 0) < 0)
            {
                // The lowest free number is this one, for those below it are open.
                fixed (byte* path = "/dev/null\0"u8)
                {
                    Kernel.fast_syscall(Sys.openat, Fcntl.AT_FDCWD, (nint)path, O_RDWR, 0, 0, 0);
                }
            }
        }
    }

    /// <summary>What a descriptor is open on; false where it is closed.</summary>
    /// <param name="descriptor">0, 1 or 2.</param>
    /// <param name="status">What it is open on.</param>
    /// <param name="pathOnly">Whether it is an O_PATH descriptor.</param>
    public static bool TryStat(int descriptor, out FileStatus status, out bool pathOnly)
    {
        status = default;
        nint flags = Kernel.fast_syscall(Sys.fcntl, descriptor, F_GETFL, 0, 0, 0, 0);
        pathOnly = flags >= 0 && (flags & O_PATH) != 0;
        if (flags >= 0)
        {
            status = FileAt.Stat(Fd.Borrow(descriptor));
        }

        return flags >= 0;
    }
}
