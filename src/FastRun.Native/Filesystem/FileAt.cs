using System;
using System.Globalization;
using System.Text.Unicode;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Files named relative to an open directory, so that nobody can swap what the name's beginning means. A null directory
/// is the working directory. Only <see cref="Open"/> and its kin can be told how to resolve; the others never follow a
/// symbolic link in the last component, and in a tree that others write to are given single components.
/// </summary>
public static unsafe partial class FileAt
{
    /// <summary>openat2(2).</summary>
    /// <param name="directory">Where relative paths start.</param>
    /// <param name="path">What to open.</param>
    /// <param name="flags">How; close-on-exec is added.</param>
    /// <param name="mode">Permissions of a file that is created, before the umask.</param>
    /// <param name="resolve">What the walk may cross.</param>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    public static Fd Open(
        Fd? directory, PathName path, OpenFlags flags, int mode = 0, ResolveFlags resolve = ResolveFlags.None) =>
        Fd.FromResult(OpenRaw(directory, path, flags, mode, resolve), "openat2", path.ToString());

    /// <summary>openat2(2) where an errno is expected.</summary>
    /// <returns>The descriptor, or null with <paramref name="errno"/>.</returns>
    public static Fd? TryOpen(
        Fd? directory, PathName path, OpenFlags flags, int mode, ResolveFlags resolve, out Errno errno)
    {
        nint result = OpenRaw(directory, path, flags, mode, resolve);
        errno = ToErrno(result);
        return errno == Errno.None ? new Fd((int)result) : null;
    }

    /// <summary>Opens a directory as a place to name things from (O_PATH).</summary>
    public static Fd OpenDirectory(Fd? directory, PathName path, ResolveFlags resolve = ResolveFlags.None) =>
        Open(directory, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, resolve);

    /// <summary>mkdirat(2); the umask applies.</summary>
    public static void MakeDirectory(Fd? directory, PathName path, int mode) =>
        Throw(TryMakeDirectory(directory, path, mode), "mkdirat", path);

    /// <summary>mkdirat(2) where an errno is expected.</summary>
    public static Errno TryMakeDirectory(Fd? directory, PathName path, int mode) =>
        Call(Sys.mkdirat, directory, path, mode);

    /// <summary>Makes a directory and the parents that are missing, like <c>mkdir -p</c>.</summary>
    public static void MakeDirectories(Fd? directory, string path, int mode)
    {
        Errno errno = TryMakeDirectory(directory, path, mode);
        if (errno == Errno.ENOENT && System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            MakeDirectories(directory, parent, mode);
            errno = TryMakeDirectory(directory, path, mode);
        }

        if (errno != Errno.EEXIST)
        {
            Throw(errno, "mkdirat", path);
        }
    }

    /// <summary>mknodat(2); the umask applies.</summary>
    public static void MakeNode(Fd? directory, PathName path, FileType type, int permissions, DeviceNumber node) =>
        Throw(TryMakeNode(directory, path, type, permissions, node), "mknodat", path);

    /// <summary>mknodat(2) where an errno is expected.</summary>
    public static Errno TryMakeNode(
        Fd? directory, PathName path, FileType type, int permissions, DeviceNumber node) =>
        Call(Sys.mknodat, directory, path, (int)type | permissions, (nint)node.Encoded);

    /// <summary>symlinkat(2): makes <paramref name="path"/> point to <paramref name="target"/>.</summary>
    public static void MakeSymbolicLink(PathName target, Fd? directory, PathName path) =>
        Throw(TryMakeSymbolicLink(target, directory, path), "symlinkat", path);

    /// <summary>symlinkat(2) where an errno is expected.</summary>
    public static Errno TryMakeSymbolicLink(PathName target, Fd? directory, PathName path)
    {
        CrashPoint.Pass();
        fixed (byte* from = target.Terminate(stackalloc byte[PathName.StackSize]))
        fixed (byte* to = path.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint result = Kernel.syscall(Sys.symlinkat, (nint)from, Number(directory), (nint)to, 0, 0, 0);
            GC.KeepAlive(directory);
            return ToErrno(result);
        }
    }

    /// <summary>linkat(2), of a symbolic link itself where the old name is one.</summary>
    public static void Link(Fd? oldDirectory, PathName oldPath, Fd? newDirectory, PathName newPath) =>
        Throw(TryLink(oldDirectory, oldPath, newDirectory, newPath), "linkat", newPath);

    /// <summary>linkat(2) where an errno is expected.</summary>
    public static Errno TryLink(Fd? oldDirectory, PathName oldPath, Fd? newDirectory, PathName newPath) =>
        Call(Sys.linkat, oldDirectory, oldPath, newDirectory, newPath, 0);

    /// <summary>linkat(2) of an open file that may have no name yet (open(2), O_TMPFILE).</summary>
    public static Errno TryLinkOpen(Fd file, Fd directory, PathName path)
    {
        Span<byte> open = stackalloc byte[32];
        Utf8.TryWrite(open, CultureInfo.InvariantCulture, $"/proc/self/fd/{file.Number}", out int length);
        Errno errno = Call(Sys.linkat, null, PathName.FromBytes(open[..length]), directory, path, Fcntl.AT_SYMLINK_FOLLOW);
        GC.KeepAlive(file);
        return errno;
    }

    /// <summary>renameat2(2).</summary>
    public static void Rename(
        Fd? oldDirectory, PathName oldPath, Fd? newDirectory, PathName newPath, RenameFlags flags = RenameFlags.None) =>
        Throw(TryRename(oldDirectory, oldPath, newDirectory, newPath, flags), "renameat2", newPath);

    /// <summary>renameat2(2) where an errno is expected.</summary>
    public static Errno TryRename(
        Fd? oldDirectory, PathName oldPath, Fd? newDirectory, PathName newPath, RenameFlags flags = RenameFlags.None) =>
        Call(Sys.renameat2, oldDirectory, oldPath, newDirectory, newPath, (nint)flags);

    /// <summary>unlinkat(2).</summary>
    public static void Unlink(Fd? directory, PathName path) => Throw(TryUnlink(directory, path), "unlinkat", path);

    /// <summary>unlinkat(2) where an errno is expected.</summary>
    public static Errno TryUnlink(Fd? directory, PathName path) => Call(Sys.unlinkat, directory, path);

    /// <summary>unlinkat(2) of an empty directory.</summary>
    public static void RemoveDirectory(Fd? directory, PathName path) =>
        Throw(TryRemoveDirectory(directory, path), "unlinkat", path);

    /// <summary>unlinkat(2) of an empty directory where an errno is expected.</summary>
    public static Errno TryRemoveDirectory(Fd? directory, PathName path) =>
        Call(Sys.unlinkat, directory, path, Fcntl.AT_REMOVEDIR);

    private static nint OpenRaw(Fd? directory, PathName path, OpenFlags flags, int mode, ResolveFlags resolve)
    {
        if ((flags & OpenFlags.Create) != 0)
        {
            CrashPoint.Pass();
        }

        open_how how = new() { flags = (uint)flags.ToKernel(), mode = (uint)mode, resolve = (uint)resolve };
        fixed (byte* bytes = path.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint result;
            int attempts = 0;
            do
            {
                result = Kernel.syscall(
                    Sys.openat2, Number(directory), (nint)bytes, (nint)(&how), sizeof(open_how), 0, 0);
            }
            // A scoped walk through ".." gives EAGAIN while anything on the machine is renamed (openat2(2)).
            while (result == -(nint)Errno.EINTR || (result == -(nint)Errno.EAGAIN && ++attempts < 64));

            GC.KeepAlive(directory);
            return result;
        }
    }

    private static Errno Call(int nr, Fd? directory, PathName path, nint c = 0, nint d = 0, nint e = 0)
    {
        CrashPoint.Pass();
        fixed (byte* bytes = path.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint result = Kernel.syscall(nr, Number(directory), (nint)bytes, c, d, e, 0);
            GC.KeepAlive(directory);
            return ToErrno(result);
        }
    }

    private static Errno Call(
        int nr, Fd? oldDirectory, PathName oldPath, Fd? newDirectory, PathName newPath, nint flags)
    {
        CrashPoint.Pass();
        fixed (byte* from = oldPath.Terminate(stackalloc byte[PathName.StackSize]))
        fixed (byte* to = newPath.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint result = Kernel.syscall(
                nr, Number(oldDirectory), (nint)from, Number(newDirectory), (nint)to, flags, 0);
            GC.KeepAlive(oldDirectory);
            GC.KeepAlive(newDirectory);
            return ToErrno(result);
        }
    }

    private static int Number(Fd? directory) => directory is null ? Fcntl.AT_FDCWD : directory.Number;

    private static Errno ToErrno(nint result) => result < 0 ? (Errno)(-result) : Errno.None;

    private static void Throw(Errno errno, string syscall, PathName path)
    {
        if (errno != Errno.None)
        {
            throw new SyscallException(syscall, errno, path.ToString());
        }
    }
}
