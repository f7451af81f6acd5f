using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <content>What an inode says of itself: status, link target, owner, mode, times.</content>
public static unsafe partial class FileAt
{
    /// <summary>statx(2), of a symbolic link itself where the name is one.</summary>
    public static FileStatus Stat(Fd? directory, PathName path)
    {
        Errno errno = TryStat(directory, path, out FileStatus status);
        Throw(errno, "statx", path);
        return status;
    }

    /// <summary>statx(2) where an errno is expected.</summary>
    public static Errno TryStat(Fd? directory, PathName path, out FileStatus status)
    {
        struct_statx raw = default;
        Errno errno = Call(
            Sys.statx, directory, path, Fcntl.AT_SYMLINK_NOFOLLOW, StatMask, (nint)(&raw));
        status = errno == Errno.None ? FromRaw(raw) : default;
        return errno;
    }

    /// <summary>statx(2) of an open file, also of one that was opened as a path only.</summary>
    public static FileStatus Stat(Fd file)
    {
        struct_statx raw = default;
        Throw(Call(Sys.statx, file, "", Fcntl.AT_EMPTY_PATH, StatMask, (nint)(&raw)), "statx", "");
        return FromRaw(raw);
    }

    /// <summary>readlinkat(2).</summary>
    public static byte[] ReadLink(Fd? directory, PathName path)
    {
        Throw(TryReadLink(directory, path, out byte[] target), "readlinkat", path);
        return target;
    }

    /// <summary>readlinkat(2) where an errno is expected.</summary>
    public static Errno TryReadLink(Fd? directory, PathName path, out byte[] target)
    {
        byte* buffer = stackalloc byte[Fcntl.PATH_MAX];
        fixed (byte* bytes = path.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint result = Kernel.syscall(
                Sys.readlinkat, Number(directory), (nint)bytes, (nint)buffer, Fcntl.PATH_MAX, 0, 0);
            GC.KeepAlive(directory);
            target = result > 0 ? new ReadOnlySpan<byte>(buffer, (int)result).ToArray() : [];
            return ToErrno(result);
        }
    }

    /// <summary>fchownat(2), of a symbolic link itself where the name is one. Clears set-uid and set-gid.</summary>
    public static void ChangeOwner(Fd? directory, PathName path, uint uid, uint gid) =>
        Throw(
            Call(Sys.fchownat, directory, path, (nint)uid, (nint)gid, Fcntl.AT_SYMLINK_NOFOLLOW), "fchownat", path);

    /// <summary>fchownat(2) of an open file, also of one that was opened as a path only. Clears set-uid and set-gid.</summary>
    public static void ChangeOwner(Fd file, uint uid, uint gid) =>
        Throw(Call(Sys.fchownat, file, "", (nint)uid, (nint)gid, Fcntl.AT_EMPTY_PATH), "fchownat", "");

    /// <summary>
    /// fchmodat(2). The kernel follows a symbolic link here: only for a name that the caller has just made, or knows
    /// that nobody else can change.
    /// </summary>
    public static void ChangeMode(Fd? directory, PathName path, int permissions) =>
        Throw(Call(Sys.fchmodat, directory, path, permissions), "fchmodat", path);

    /// <summary>fchmod(2).</summary>
    public static void ChangeMode(Fd file, int permissions) =>
        SyscallException.Check(OnFile(Sys.fchmod, file, permissions), "fchmod");

    /// <summary>utimensat(2): sets both times, of a symbolic link itself where the name is one.</summary>
    public static void SetTimes(Fd? directory, PathName path, FileTime accessed, FileTime modified)
    {
        __kernel_timespec* times = stackalloc __kernel_timespec[2];
        times[0] = ToRaw(accessed);
        times[1] = ToRaw(modified);
        Throw(
            Call(Sys.utimensat, directory, path, (nint)times, Fcntl.AT_SYMLINK_NOFOLLOW), "utimensat", path);
    }

    /// <summary>utimensat(2) on an open file, also on one that was opened as a path only: sets both times.</summary>
    public static void SetTimes(Fd file, FileTime accessed, FileTime modified)
    {
        Errno errno = TrySetTimes(file, accessed, modified);
        if (errno != Errno.None)
        {
            throw new SyscallException("utimensat", errno);
        }
    }

    /// <summary>utimensat(2) on an open file where an errno is expected.</summary>
    public static Errno TrySetTimes(Fd file, FileTime accessed, FileTime modified)
    {
        __kernel_timespec* times = stackalloc __kernel_timespec[2];
        times[0] = ToRaw(accessed);
        times[1] = ToRaw(modified);
        return Call(Sys.utimensat, file, "", (nint)times, Fcntl.AT_EMPTY_PATH);
    }

    private static nint StatMask => (nint)(Fcntl.STATX_BASIC_STATS | Fcntl.STATX_MNT_ID);

    private static nint OnFile(int nr, Fd file, nint b = 0, nint c = 0, nint d = 0)
    {
        nint result = Kernel.syscall(nr, file.Number, b, c, d, 0, 0);
        GC.KeepAlive(file);
        return result;
    }

    private static __kernel_timespec ToRaw(FileTime time) => new() { tv_sec = time.Seconds, tv_nsec = time.Nanoseconds };

    private static FileStatus FromRaw(in struct_statx raw) => new()
    {
        Mode = raw.stx_mode,
        Uid = raw.stx_uid,
        Gid = raw.stx_gid,
        Size = (long)raw.stx_size,
        Blocks = (long)raw.stx_blocks,
        Inode = raw.stx_ino,
        Device = ((ulong)raw.stx_dev_major << 32) | raw.stx_dev_minor,
        Node = new DeviceNumber(raw.stx_rdev_major, raw.stx_rdev_minor),
        LinkCount = raw.stx_nlink,
        Modified = new FileTime(raw.stx_mtime.tv_sec, (int)raw.stx_mtime.tv_nsec),
        Changed = new FileTime(raw.stx_ctime.tv_sec, (int)raw.stx_ctime.tv_nsec),
        MountId = raw.stx_mnt_id,
    };
}
