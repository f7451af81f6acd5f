using System.Collections.Generic;
using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;
using Microsoft.Win32.SafeHandles;

namespace FastRun.Layers.Images.Sources;

/// <summary>
/// The files of a tar, found by walking its headers once; their contents are read where they lie. Names are only ever
/// looked up in this table, so none can lead anywhere.
/// </summary>
internal sealed class TarFiles : SourceFiles
{
    private const int MaxLinks = 8;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, TarMember> _members;

    internal TarFiles(string path, string subject)
        : this(Open(path, subject), subject)
    {
    }

    /// <summary>Reads the headers of an open file, which this takes over.</summary>
    internal TarFiles(Fd file, string subject)
    {
        Subject = subject;
        FileStatus status = FileAt.Stat(file);
        _file = new SafeFileHandle(file.Number, ownsHandle: true);
        file.SetHandleAsInvalid();
        try
        {
            _members = status.Type == FileType.Regular
                ? TarDirectory.Read(_file, status.Size, subject)
                : throw new ImageNotFoundException(
                    subject, status.IsDirectory ? "is a directory, not an archive" : "is not a regular file");
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    private static Fd Open(string path, string subject)
    {
        const OpenFlags flags = OpenFlags.Read | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal;
        return FileAt.TryOpen(null, path, flags, 0, ResolveFlags.None, out Errno errno) ?? throw (errno switch
        {
            Errno.ENOENT or Errno.ENOTDIR => new ImageNotFoundException(subject, "no such file"),
            _ => new SyscallException("openat2", errno, path),
        });
    }

    /// <inheritdoc/>
    internal override string Subject { get; }

    /// <inheritdoc/>
    internal override Stream? TryOpen(string name) =>
        TryFind(name) is { } member ? new FileSlice(_file, member.Offset, member.Size) : null;

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    /// <summary>Looks a name up, through links: old versions of docker save store a repeated layer as a link.</summary>
    private TarMember? TryFind(string name)
    {
        string? current = TarDirectory.Normalize(name);
        for (int i = 0; i < MaxLinks && current is not null; i++)
        {
            if (!_members.TryGetValue(current, out TarMember member))
            {
                return null;
            }

            if (member.LinkTarget is null)
            {
                return member;
            }

            current = member.LinkTarget;
        }

        return null;
    }
}
