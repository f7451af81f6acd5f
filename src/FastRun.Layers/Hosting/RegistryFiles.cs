using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <summary>
/// The files of a registry, named relative to its open directory. No symbolic link is ever followed there, whoever made it, and
/// what has its name is whole and on the disk.
/// </summary>
/// <param name="root">The directory.</param>
internal sealed class RegistryFiles(Fd root) : IDisposable
{
    private const ResolveFlags Inside = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks;
    private const int DirectoryMode = 0x1C0;
    private const int FileMode = 0x180;

    /// <summary>The directory itself.</summary>
    internal Fd Root => root;

    /// <summary>Opens a file for reading; null where there is none.</summary>
    internal Fd? TryOpen(string path, OpenFlags flags = OpenFlags.Read | OpenFlags.NonBlocking)
    {
        Fd? file = FileAt.TryOpen(root, path, flags | OpenFlags.NoFollow, 0, Inside, out Errno errno);
        return file is not null || errno is Errno.ENOENT or Errno.ENOTDIR ? file : throw new SyscallException("openat2", errno, path);
    }

    /// <summary>What a file is; null where there is none.</summary>
    internal FileStatus? TryStat(string path)
    {
        using Fd? file = TryOpen(path, OpenFlags.PathOnly);
        return file is null ? null : FileAt.Stat(file);
    }

    /// <summary>Reads a small file; null where there is none.</summary>
    internal byte[]? TryRead(string path, int limit)
    {
        using Fd? file = TryOpen(path);
        return file is null ? null : FileContent.ReadAll(file, limit);
    }

    /// <summary>Reads a small text of ASCII; null where there is none.</summary>
    internal string? TryReadText(string path) => TryRead(path, 4096) is { } bytes ? Encoding.ASCII.GetString(bytes).TrimEnd('\n') : null;

    /// <summary>Opens a directory to name files in it; it is made where it is missing, with its parents.</summary>
    internal Fd MakeDirectory(string path)
    {
        if (TryOpen(path, OpenFlags.Read | OpenFlags.Directory) is { } there)
        {
            return there;
        }

        (string parent, string name) = Split(path);
        using Fd above = MakeDirectory(parent);
        Errno errno = FileAt.TryMakeDirectory(above, name, DirectoryMode);
        if (errno is not (Errno.None or Errno.EEXIST))
        {
            throw new SyscallException("mkdirat", errno, path);
        }

        FileContent.Sync(above);
        return FileAt.Open(above, name, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
    }

    /// <summary>Writes a file in one step, in the place of one of that name, and waits until it is on the disk.</summary>
    internal void Write(string path, ReadOnlySpan<byte> content)
    {
        (string parent, string name) = Split(path);
        using Fd directory = MakeDirectory(parent);
        using UnnamedFile file = UnnamedFile.Create(directory, FileMode);
        FileContent.Write(file.Descriptor, content);
        FileContent.Sync(file.Descriptor);
        file.Place(name);
        FileContent.Sync(directory);
    }

    /// <summary>Writes a small text.</summary>
    internal void WriteText(string path, string text) => Write(path, Encoding.ASCII.GetBytes(text + "\n"));

    /// <summary>Makes an empty file to write to, with a name from the start.</summary>
    internal Fd Create(string path)
    {
        (string parent, string name) = Split(path);
        using Fd directory = MakeDirectory(parent);
        return FileAt.Open(
            directory, name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, FileMode);
    }

    /// <summary>Gives a file another name, in the place of one that has it, and waits until that is on the disk.</summary>
    internal void Rename(string from, string to)
    {
        (string oldParent, string oldName) = Split(from);
        (string newParent, string newName) = Split(to);
        using Fd source = MakeDirectory(oldParent);
        using Fd target = MakeDirectory(newParent);
        FileAt.Rename(source, oldName, target, newName);
        FileContent.Sync(target);
    }

    /// <summary>Removes a file and waits until that is on the disk; false where there is none.</summary>
    internal bool Remove(string path)
    {
        (string parent, string name) = Split(path);
        using Fd? directory = TryOpen(parent, OpenFlags.Read | OpenFlags.Directory);
        if (directory is null || FileAt.TryUnlink(directory, name) != Errno.None)
        {
            return false;
        }

        FileContent.Sync(directory);
        return true;
    }

    /// <summary>Removes an empty directory; false where it is not.</summary>
    internal bool RemoveDirectory(string path)
    {
        (string parent, string name) = Split(path);
        using Fd? directory = TryOpen(parent, OpenFlags.Read | OpenFlags.Directory);
        return directory is not null && FileAt.TryRemoveDirectory(directory, name) == Errno.None;
    }

    /// <summary>The names in a directory, but for those of temporary files; none where it does not exist.</summary>
    internal IReadOnlyList<DirectoryEntry> List(string path)
    {
        using Fd? directory = TryOpen(path, OpenFlags.Read | OpenFlags.Directory);
        if (directory is null)
        {
            return [];
        }

        List<DirectoryEntry> entries = [];
        foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
        {
            if (entry.Name[0] != '.')
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>Removes what kills left of files that were to replace others. Nobody may be writing there.</summary>
    internal void RemoveTemporary(string path)
    {
        using Fd? directory = TryOpen(path, OpenFlags.Read | OpenFlags.Directory);
        if (directory is null)
        {
            return;
        }

        foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
        {
            if (entry.Text.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
            {
                FileAt.TryUnlink(directory, entry.Name);
            }
        }
    }

    /// <summary>Marks a file as used now; does nothing where there is none.</summary>
    internal void Touch(string path)
    {
        using Fd? file = TryOpen(path, OpenFlags.PathOnly);
        if (file is not null)
        {
            FileTime now = new(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 0);
            FileAt.TrySetTimes(file, now, now);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => root.Dispose();

    private static (string Parent, string Name) Split(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? (".", path) : (path[..slash], path[(slash + 1)..]);
    }
}
