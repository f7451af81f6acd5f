using System;
using System.IO;
using System.Threading;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>
/// flock(2) on a file, held until disposed or until the process dies, however it dies. The descriptor is close-on-exec,
/// so a child that execs never keeps it, unless it was meant to (<see cref="Share"/>).
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int ShortestNap = 2;
    private const int LongestNap = 50;

    private readonly Fd _file;
    private bool _isShared;

    private FileLock(Fd file) => _file = file;

    /// <summary>The locked file, open for reading.</summary>
    public Fd File => _file;

    /// <summary>The locked file for a process that is to hold the lock, too: disposing leaves it locked for as long as that has it open.</summary>
    public Fd Share()
    {
        _isShared = true;
        return _file;
    }

    /// <summary>Takes over a locked file from the process that this one inherited it from.</summary>
    public static FileLock Inherit(Fd file) => new(file);

    /// <summary>Waits for the lock on a file, which is created (0600) where it is missing.</summary>
    public static FileLock Acquire(Fd? directory, PathName path, FileLockMode mode)
    {
        while (true)
        {
            Fd file = FileAt.Open(directory, path, OpenFlags.Read | OpenFlags.Create | OpenFlags.NoFollow, 0x180);
            Errno errno = Lock(file, (nint)mode);
            if (errno != Errno.None)
            {
                file.Dispose();
                throw new SyscallException("flock", errno, path.ToString());
            }

            FileLock held = new(file);
            if (held.StillNames(directory, path))
            {
                return held;
            }

            // It was removed or replaced while we waited: what we hold protects nothing.
            held.Dispose();
        }
    }

    /// <summary>
    /// Waits for a lock that another may hold for long: says so, and can be told to give up, which a thread that sleeps in
    /// flock(2) cannot. The file is created (0600) where it is missing.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Shared or exclusive.</param>
    /// <param name="waiting">Called once when the lock is taken by another.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    /// <exception cref="SyscallException">The file's directory is not there, or has no locks.</exception>
    public static FileLock AcquirePatiently(
        PathName path, FileLockMode mode, Action waiting, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        int nap = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            FileLock? held = TryAcquireOrCreate(null, path, mode, out Errno errno);
            if (held is not null)
            {
                return held;
            }

            if (errno == Errno.EAGAIN)
            {
                if (nap == 0)
                {
                    waiting();
                }

                nap = Math.Clamp(nap * 2, ShortestNap, LongestNap);
                cancellation.WaitHandle.WaitOne(nap);
            }
            else if (errno != Errno.ENOENT || FileAt.TryStat(null, Path.GetDirectoryName(path.ToString())!, out _) != Errno.None)
            {
                // A file that went while it was being locked is made anew, but not where its directory went, too.
                throw new SyscallException("flock", errno, path.ToString());
            }
        }
    }

    /// <summary>Waits for the exclusive lock on a directory itself.</summary>
    /// <returns>The lock, or null where its file system has none for directories (NFS).</returns>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    public static FileLock? AcquireDirectory(string path)
    {
        Fd directory = FileAt.Open(null, path, OpenFlags.Read | OpenFlags.Directory);
        if (Lock(directory, (nint)FileLockMode.Exclusive) == Errno.None)
        {
            return new FileLock(directory);
        }

        directory.Dispose();
        return null;
    }

    /// <summary>Takes the lock on an existing file without waiting.</summary>
    /// <returns>The lock, or null with EAGAIN where another holds it, or ENOENT where the file does not exist.</returns>
    public static FileLock? TryAcquire(Fd? directory, PathName path, FileLockMode mode, out Errno errno) =>
        TryAcquire(directory, path, mode, OpenFlags.Read | OpenFlags.NoFollow, 0, out errno);

    /// <summary>Takes the lock without waiting on a file that is created (0600) where it is missing.</summary>
    public static FileLock? TryAcquireOrCreate(Fd? directory, PathName path, FileLockMode mode, out Errno errno) =>
        TryAcquire(directory, path, mode, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.Create, 0x180, out errno);

    /// <summary>
    /// Takes the lock without waiting on the file that a name leads to through symbolic links, and looks that the file
    /// has not been removed meanwhile.
    /// </summary>
    /// <returns>The lock, or null with EAGAIN where another holds it, or ENOENT where the file does not exist.</returns>
    public static FileLock? TryAcquireTarget(
        Fd? directory, PathName path, FileLockMode mode, out FileStatus status, out Errno errno)
    {
        status = default;
        Fd? file = FileAt.TryOpen(directory, path, OpenFlags.Read, 0, ResolveFlags.None, out errno);
        if (file is null)
        {
            return null;
        }

        errno = Lock(file, (nint)mode | Fcntl.LOCK_NB);
        if (errno == Errno.None)
        {
            status = FileAt.Stat(file);
            if (status.LinkCount > 0)
            {
                return new FileLock(file);
            }

            errno = Errno.ENOENT;
        }

        file.Dispose();
        return null;
    }

    /// <summary>
    /// Waits for the lock on the file that a name leads to through symbolic links: for others that hold it for a moment only.
    /// </summary>
    /// <returns>The lock on the file that the name means now, or null with the error of open(2).</returns>
    /// <exception cref="SyscallException">The file system has no locks.</exception>
    public static FileLock? AcquireTarget(
        Fd? directory, PathName path, FileLockMode mode, out FileStatus status, out Errno errno)
    {
        status = default;
        while (FileAt.TryOpen(directory, path, OpenFlags.Read, 0, ResolveFlags.None, out errno) is { } file)
        {
            errno = Lock(file, (nint)mode);
            if (errno != Errno.None)
            {
                file.Dispose();
                throw new SyscallException("flock", errno, path.ToString());
            }

            status = FileAt.Stat(file);
            if (status.LinkCount > 0)
            {
                return new FileLock(file);
            }

            // It was removed or replaced while we waited.
            file.Dispose();
        }

        return null;
    }

    /// <summary>Whether the name still means the locked file: it can be replaced between opening and locking.</summary>
    public bool StillNames(Fd? directory, PathName path) =>
        FileAt.TryStat(directory, path, out FileStatus named) == Errno.None && named.IsSameFile(FileAt.Stat(_file));

    /// <summary>Changes the mode without waiting; false where another's lock forbids it. The kernel may drop the lock meanwhile.</summary>
    public bool TryConvert(FileLockMode mode) => Lock(_file, (nint)mode | Fcntl.LOCK_NB) == Errno.None;

    /// <summary>
    /// Releases the lock: by word, since a process that another thread starts at this moment has a copy of the descriptor until it executes.
    /// </summary>
    public void Dispose()
    {
        if (!_isShared && !_file.IsClosed)
        {
            _ = Lock(_file, Fcntl.LOCK_UN);
        }

        _file.Dispose();
    }

    private static FileLock? TryAcquire(
        Fd? directory, PathName path, FileLockMode mode, OpenFlags flags, int permissions, out Errno errno)
    {
        Fd? file = FileAt.TryOpen(directory, path, flags, permissions, ResolveFlags.None, out errno);
        if (file is null)
        {
            return null;
        }

        errno = Lock(file, (nint)mode | Fcntl.LOCK_NB);
        if (errno == Errno.None)
        {
            FileLock held = new(file);
            if (held.StillNames(directory, path))
            {
                return held;
            }

            errno = Errno.ENOENT;
        }

        file.Dispose();
        return null;
    }

    private static Errno Lock(Fd file, nint operation)
    {
        nint result;
        do
        {
            result = Kernel.syscall(Sys.flock, file.Number, operation, 0, 0, 0, 0);
        }
        while (result == -(nint)Errno.EINTR);

        GC.KeepAlive(file);
        return result < 0 ? (Errno)(-result) : Errno.None;
    }
}
