using System;

namespace FastRun.Native.Filesystem;

/// <summary>
/// A file without a name (open(2), O_TMPFILE) until it is whole: a kill leaves nothing of it. Where the file system has none it
/// has a temporary name meanwhile.
/// </summary>
public sealed class UnnamedFile : IDisposable
{
    private readonly Fd _directory;
    private string? _temporary;

    private UnnamedFile(Fd directory, Fd file, string? temporary)
    {
        _directory = directory;
        Descriptor = file;
        _temporary = temporary;
    }

    /// <summary>The file, open for writing.</summary>
    public Fd Descriptor { get; }

    /// <summary>Makes one.</summary>
    /// <param name="directory">Where it will have its name; must stay open as long as this.</param>
    /// <param name="permissions">Its permissions, before the umask.</param>
    /// <exception cref="SyscallException">It cannot be made.</exception>
    public static UnnamedFile Create(Fd directory, int permissions)
    {
        Fd? file = FileAt.TryOpen(
            directory, ".", OpenFlags.Write | OpenFlags.Unnamed, permissions, ResolveFlags.None, out Errno errno);
        if (file is not null)
        {
            return new UnnamedFile(directory, file, temporary: null);
        }

        if (errno is not (Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL))
        {
            throw new SyscallException("openat2", errno);
        }

        string name = TemporaryName();
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        return new UnnamedFile(directory, FileAt.Open(directory, name, flags, permissions), name);
    }

    /// <summary>Gives it its name, in the place of a file that has it.</summary>
    /// <exception cref="SyscallException">It cannot have the name.</exception>
    public void Place(string name)
    {
        if (_temporary is null)
        {
            Errno errno = FileAt.TryLinkOpen(Descriptor, _directory, name);
            if (errno == Errno.None)
            {
                return;
            }

            _temporary = TemporaryName();
            errno = errno == Errno.EEXIST ? FileAt.TryLinkOpen(Descriptor, _directory, _temporary) : errno;
            if (errno != Errno.None)
            {
                _temporary = null;
                throw new SyscallException("linkat", errno, name);
            }
        }

        FileAt.Rename(_directory, _temporary, _directory, name);
        _temporary = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Descriptor.Dispose();
        if (_temporary is not null)
        {
            FileAt.TryUnlink(_directory, _temporary);
        }
    }

    private static string TemporaryName() => AtomicFile.TemporaryPrefix + Guid.NewGuid().ToString("N");
}
