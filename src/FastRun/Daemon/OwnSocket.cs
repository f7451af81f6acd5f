using System;
using System.IO;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;

namespace FastRun.Daemon;

/// <summary>
/// A Unix socket that a daemon listens at, from its claim to its end. Another daemon's is respected for as long as it lives; one
/// that a killed daemon has left is replaced. A lock beside it keeps two that start at once apart.
/// </summary>
internal sealed class OwnSocket : IDisposable
{
    private const int OwnerAndGroup = 0b_110_110_000;

    private readonly string _path;
    private readonly Fd _directory;
    private readonly FileLock _lock;
    private readonly FileStatus _status;

    private OwnSocket(string path, Fd directory, FileLock held, int number)
    {
        (_path, _directory, _lock, Number) = (path, directory, held, number);
        _status = FileAt.Stat(directory, Path.GetFileName(path));
    }

    /// <summary>The descriptor, which whoever listens closes.</summary>
    internal int Number { get; }

    /// <summary>Makes it, with the mode 0660.</summary>
    /// <param name="path">Where.</param>
    /// <param name="group">The group that it belongs to.</param>
    /// <exception cref="EngineException">Another daemon listens there, or it cannot be made.</exception>
    internal static OwnSocket Listen(string path, uint group)
    {
        string name = Path.GetFileName(path);
        if (name.Length == 0)
        {
            throw EngineException.Invalid($"unix://{path}: a directory is no socket");
        }

        FileLock? held = null;
        Fd? directory = null;
        try
        {
            FileAt.MakeDirectories(null, Path.GetDirectoryName(path)!, 0b_111_101_101);
            directory = FileAt.OpenDirectory(null, Path.GetDirectoryName(path)!);
            held = Lock(directory, path);
            Clear(directory, name, path);
            using Fd socket = UnixSocket.Listen(directory, name);
            FileAt.ChangeOwner(directory, name, 0, group);
            FileAt.ChangeMode(directory, name, OwnerAndGroup);
            OwnSocket own = new(path, directory, held, socket.Number);
            socket.SetHandleAsInvalid();
            return own;
        }
        catch (SyscallException e)
        {
            held?.Dispose();
            directory?.Dispose();
            throw new EngineException(ErrorKind.Unavailable, $"unix://{path}: listen: {e.Errno.Describe()}", e);
        }
        catch (EngineException)
        {
            held?.Dispose();
            directory?.Dispose();
            throw;
        }
    }

    /// <summary>Removes it, unless somebody has put another in its place.</summary>
    public void Dispose()
    {
        string name = Path.GetFileName(_path);
        if (FileAt.TryStat(_directory, name, out FileStatus now) == Errno.None && now.IsSameFile(_status))
        {
            _ = FileAt.TryUnlink(_directory, name);
        }

        _ = FileAt.TryUnlink(_directory, LockName(name));
        _lock.Dispose();
        _directory.Dispose();
    }

    private static string LockName(string name) => name + ".lock";

    private static FileLock Lock(Fd directory, string path)
    {
        string name = LockName(Path.GetFileName(path));
        while (true)
        {
            FileLock? held = FileLock.TryAcquireOrCreate(directory, name, FileLockMode.Exclusive, out Errno errno);
            if (held is null)
            {
                throw errno == Errno.EAGAIN ? Taken(path) : new SyscallException("flock", errno, name);
            }

            if (held.StillNames(directory, name))
            {
                return held;
            }

            // Its owner ended meanwhile.
            held.Dispose();
        }
    }

    /// <summary>Makes the place free, if what is there is a socket that nobody listens at.</summary>
    private static void Clear(Fd directory, string name, string path)
    {
        if (FileAt.TryStat(directory, name, out FileStatus status) != Errno.None)
        {
            return;
        }

        if (status.Type != FileType.Socket)
        {
            throw new EngineException(ErrorKind.Conflict, $"unix://{path}: there is something that is no socket");
        }

        using Fd? other = UnixSocket.TryConnect(directory, name);
        if (other is not null)
        {
            throw Taken(path);
        }

        FileAt.Unlink(directory, name);
    }

    private static EngineException Taken(string path) => new(ErrorKind.Conflict, $"{path}: another daemon listens there");
}
