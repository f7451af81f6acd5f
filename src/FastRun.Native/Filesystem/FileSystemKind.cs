using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>What kinds of file systems promise (statfs(2); the magic numbers are those of linux/magic.h and of each one's sources).</summary>
public static unsafe class FileSystemKind
{
    /// <summary>The bytes that the file system of a file has free for those who may not use what is kept for root; 0 where it does not say.</summary>
    public static long AvailableBytes(Fd file)
    {
        ArgumentNullException.ThrowIfNull(file);
        struct_statfs status = default;
        nint result = Kernel.fast_syscall(Sys.fstatfs, file.Number, (nint)(&status), 0, 0, 0, 0);
        GC.KeepAlive(file);
        return result == 0 ? (long)Math.Min(status.f_bavail, (ulong)(long.MaxValue / Math.Max(status.f_bsize, 1))) * status.f_bsize : 0;
    }

    /// <summary>
    /// Whether a file's ctime says that its content is what it was: kept by this kernel, set by every change and by nobody's wish. Those of
    /// servers have a clock and a cache of their own; FAT and many in user space give the mtime for it, which anybody can set.
    /// </summary>
    /// <param name="file">A file on it.</param>
    public static bool KeepsChangeTimes(Fd file)
    {
        const long ext = 0xEF53;
        const long xfs = 0x58465342;
        const long btrfs = 0x9123683E;
        const long tmpfs = 0x01021994;
        const long overlay = 0x794C7630;
        const long f2fs = 0xF2F52010;
        const long zfs = 0x2FC12FC1;
        const long bcachefs = 0xCA451A4E;
        ArgumentNullException.ThrowIfNull(file);
        struct_statfs status = default;
        nint result = Kernel.fast_syscall(Sys.fstatfs, file.Number, (nint)(&status), 0, 0, 0, 0);
        GC.KeepAlive(file);
        return result == 0 && (long)status.f_type is ext or xfs or btrfs or tmpfs or overlay or f2fs or zfs or bcachefs;
    }
}
