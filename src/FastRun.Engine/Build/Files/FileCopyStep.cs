using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Archives;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// COPY of selected files into a root file system (Dockerfile reference, "COPY"): of a directory its content; directories merge, all
/// else is replaced, but nothing else by a directory nor a directory by anything else. Files of a tree are copied beside each other, with shared
/// blocks where the file system can.
/// </summary>
/// <param name="target">Where to.</param>
/// <param name="destination">Where in it, and how.</param>
/// <param name="keepsOwners">Whether the files' owners count where the destination has none.</param>
internal sealed class FileCopyStep(TargetTree target, BuildDestination destination, bool keepsOwners)
{
    private const int SmallFile = 128 * 1024;
    private const int OwnerOnly = 0b_111_000_000;
    private const int OwnerReadWrite = 0b_110_000_000;
    private const int ReadWriteExecute = 0b_111_111_111;
    private const ResolveFlags Below = SelectedTree.Below;

    // Whether what is made gets root as its owner, and the permissions that it is made with.
    private bool _isPlain;
    private readonly List<(SelectedTree Tree, SelectedDirectory Directory, SelectedEntry Entry)> _linked = [];

    /// <summary>Copies.</summary>
    /// <param name="selection">What.</param>
    /// <param name="severalSources">Whether the instruction has inline files beside: the destination must then be a directory too.</param>
    /// <param name="unpack">Whether lone files that are tars are unpacked (ADD).</param>
    /// <exception cref="EngineException">Something cannot stand where it would come to be, or changes while it is copied.</exception>
    /// <exception cref="SyscallException">Something cannot be read or made.</exception>
    internal void Run(FileSelection selection, bool severalSources = false, bool unpack = false)
    {
        (string path, bool isDirectory) = TargetTree.Resolve(destination);
        if ((selection.NeedsDirectory || severalSources) && !isDirectory && !target.HasDirectory(path))
        {
            throw EngineException.Invalid("When using COPY with more than one source file, the destination must be a directory and end with a /");
        }

        foreach (SelectedTree tree in selection.Trees)
        {
            if (tree.IsDirectory)
            {
                using Fd directory = target.EnsureDirectory(path, destination.Owner, destination.DirectoryMode);
                using Fd? direct = target.TryDirect(directory);
                _isPlain = direct is not null && IsPlain(direct);
                Content(tree, direct ?? directory, path);
                if (tree.HasTime)
                {
                    using Fd opened = FileAt.Open(direct ?? directory, ".", OpenFlags.Read | OpenFlags.Directory);
                    FileTime modified = tree.Directories[0].Status.Modified;
                    FileAt.SetTimes(opened, modified, modified);
                }
            }
            else if (!unpack || !TryUnpack(tree, path))
            {
                File(tree, isDirectory || target.HasDirectory(path) ? $"{path.TrimEnd('/')}/{tree.Alias}" : path);
            }
        }
    }

    /// <summary>Writes an inline file of the instruction (0644 where <c>--chmod</c> says nothing).</summary>
    /// <param name="name">The here-document's delimiter.</param>
    /// <param name="content">Its expanded text.</param>
    /// <param name="isOneOfSeveral">Whether the instruction has more sources.</param>
    /// <param name="modified">The time that it gets.</param>
    internal void Write(string name, ReadOnlySpan<byte> content, bool isOneOfSeveral, FileTime modified)
    {
        (string path, bool isDirectory) = TargetTree.Resolve(destination);
        bool below = isDirectory || target.HasDirectory(path);
        if (isOneOfSeveral && !below)
        {
            throw EngineException.Invalid("When using COPY with more than one source file, the destination must be a directory and end with a /");
        }

        if (name is "." or ".." or "" || name.Contains('/', StringComparison.Ordinal))
        {
            throw EngineException.Invalid($"invalid name of an inline file: {name}");
        }

        using Fd file = Create(below ? $"{path.TrimEnd('/')}/{name}" : path);
        FileContent.Write(file, content);
        Finish(file, 0b_110_100_100, modified);
    }

    /// <summary>Writes a file that was fetched: 0600 where <c>--chmod</c> says nothing.</summary>
    /// <param name="remote">The file.</param>
    /// <param name="isOneOfSeveral">Whether the instruction has more sources.</param>
    /// <param name="unpack">Whether it is unpacked where it is a tar.</param>
    internal void Write(RemoteFile remote, bool isOneOfSeveral, bool unpack)
    {
        (string path, bool isDirectory) = TargetTree.Resolve(destination);
        bool below = isDirectory || target.HasDirectory(path);
        if (isOneOfSeveral && !below)
        {
            throw EngineException.Invalid("When using ADD with more than one source file, the destination must be a directory and end with a /");
        }

        if (unpack && TreeArchive.IsTar(remote.Content))
        {
            Unpack(remote.Content, path);
            return;
        }

        if (below && remote.Name.Length == 0)
        {
            throw EngineException.Invalid($"cannot determine filename from url: {remote.Url}");
        }

        using Fd file = Create(below ? $"{path.TrimEnd('/')}/{remote.Name}" : path);
        FileContent.Seek(remote.Content, 0);
        FileCopy.Content(remote.Content, file);
        Finish(file, 0b_110_000_000, remote.Modified);
    }

    private Fd Create(string path)
    {
        (Fd directory, byte[] name) = target.EnsureParent(path, destination.Owner, destination.DirectoryMode);
        using (directory)
        {
            return Create(directory, name);
        }
    }

    private void Finish(Fd file, int permissions, FileTime modified)
    {
        FileAt.ChangeOwner(file, destination.Owner?.Uid ?? 0, destination.Owner?.Gid ?? 0);
        FileAt.ChangeMode(file, destination.Mode?.Apply(permissions, isDirectory: false) ?? permissions);
        FileAt.SetTimes(file, modified, modified);
    }

    private bool TryUnpack(SelectedTree tree, string path)
    {
        using Fd from = tree.Open(tree.Directories[0]);
        if (tree.File.Status.Type != FileType.Regular)
        {
            return false;
        }

        using Fd source = FileAt.Open(
            from, tree.File.Name, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, ResolveFlags.NoMagicLinks);
        if (!TreeArchive.IsTar(source))
        {
            return false;
        }

        Unpack(source, path);
        return true;
    }

    /// <summary>The entries' owners, modes and times, with the owner of <c>--chown</c>; links of the image stay in it.</summary>
    private void Unpack(Fd tar, string path)
    {
        if (destination.Mode is not null)
        {
            throw new EngineException(ErrorKind.Unsupported, "ADD --chmod: the files of an archive have modes of their own; unpack it in a RUN to change them");
        }

        target.EnsureDirectory(path, destination.Owner, destination.DirectoryMode).Dispose();
        TreeArchive.Unpack(tar, target.Root, path.TrimStart('/'), new TreeTarget
        {
            Owner = destination.Owner,
            MostBytes = new LayerLimits().BytesFor(FileAt.Stat(tar).Size),
            Description = $"ADD to {path}",
        });
    }

    private void File(SelectedTree tree, string path)
    {
        _isPlain = false;
        (Fd directory, byte[] name) = target.EnsureParent(path, destination.Owner, destination.DirectoryMode);
        using (directory)
        using (Fd from = tree.Open(tree.Directories[0]))
        {
            Entry(from, tree.File, directory, name, null);
        }
    }

    /// <summary>Whether a directory hands nothing down: neither a group (S_ISGID) nor an access control list.</summary>
    private static bool IsPlain(Fd directory)
    {
        const int setGid = 0b_010_000_000_000;
        using Fd opened = FileAt.Open(directory, ".", OpenFlags.Read | OpenFlags.Directory);
        return (FileAt.Stat(opened).Permissions & setGid) == 0 && !ExtendedAttributes.HasAny(opened);
    }

    private void Content(SelectedTree tree, Fd top, string path)
    {
        for (int i = 1; i < tree.Directories.Count; i++)
        {
            MakeDirectory(top, path, tree.Directories[i]);
        }

        List<(SelectedDirectory Directory, int First, int Count)> chunks = tree.Chunks();
        SideBySide.Run(chunks.Count, i =>
        {
            (SelectedDirectory directory, int first, int count) = chunks[i];
            using Fd from = tree.Open(directory);
            using Fd to = OpenBelow(top, directory.Path);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(SmallFile);
            foreach (SelectedEntry entry in directory.Entries.AsSpan(first, count))
            {
                if (entry.Status.LinkCount > 1)
                {
                    lock (_linked)
                    {
                        _linked.Add((tree, directory, entry));
                    }
                }
                else
                {
                    Entry(from, entry, to, entry.Name, buffer);
                }
            }

            ArrayPool<byte>.Shared.Return(buffer);
        });
        Linked(top);
        for (int i = tree.Directories.Count - 1; i > 0; i--)
        {
            SetDirectory(tree, tree.Directories[i], top);
        }
    }

    /// <summary>Files with several names, which they keep among what is copied.</summary>
    private void Linked(Fd top)
    {
        _linked.Sort(static (a, b) => a.Directory.Path.AsSpan().SequenceCompareTo(b.Directory.Path) is var order and not 0
            ? order
            : a.Entry.Name.AsSpan().SequenceCompareTo(b.Entry.Name));
        Dictionary<(ulong, ulong), (byte[] Directory, byte[] Name)> first = [];
        foreach ((SelectedTree tree, SelectedDirectory directory, SelectedEntry entry) in _linked)
        {
            using Fd to = OpenBelow(top, directory.Path);
            if (first.TryGetValue((entry.Status.Device, entry.Status.Inode), out (byte[] Directory, byte[] Name) known))
            {
                using Fd there = OpenBelow(top, known.Directory);
                Replace(to, entry.Name, () => FileAt.TryLink(there, known.Name, to, entry.Name));
                continue;
            }

            using Fd from = tree.Open(directory);
            Entry(from, entry, to, entry.Name, null);
            first[(entry.Status.Device, entry.Status.Inode)] = (directory.Path, entry.Name);
        }

        _linked.Clear();
    }

    private static Fd OpenBelow(Fd top, byte[] path) =>
        FileAt.OpenDirectory(top, path.Length == 0 ? "."u8 : path, Below);

    private static void MakeDirectory(Fd top, string path, SelectedDirectory directory)
    {
        int slash = directory.Path.AsSpan().LastIndexOf((byte)'/');
        using Fd parent = OpenBelow(top, slash < 0 ? [] : directory.Path[..slash]);
        byte[] name = directory.Path[(slash + 1)..];
        Errno errno = FileAt.TryMakeDirectory(parent, name, OwnerOnly);
        if (errno == Errno.EEXIST && !FileAt.Stat(parent, name).IsDirectory)
        {
            throw EngineException.Invalid($"cannot copy to non-directory: {path.TrimEnd('/')}/{Encoding.UTF8.GetString(directory.Path)}");
        }

        if (errno is not (Errno.None or Errno.EEXIST))
        {
            throw new SyscallException("mkdirat", errno, Encoding.UTF8.GetString(directory.Path));
        }
    }

    private void SetDirectory(SelectedTree tree, SelectedDirectory directory, Fd top)
    {
        using Fd opened = FileAt.Open(top, directory.Path, OpenFlags.Read | OpenFlags.Directory, 0, Below);
        using Fd from = FileAt.Open(tree.Top, directory.Path, OpenFlags.Read | OpenFlags.Directory, 0, Below);
        FileStatus status = directory.Status;
        (uint uid, uint gid) = OwnerOf(status);
        FileAt.ChangeOwner(opened, uid, gid);
        FileAt.ChangeMode(opened, destination.Mode?.Apply(status.Permissions, isDirectory: true) ?? status.Permissions);
        CopyAttributes(from, opened);
        FileAt.SetTimes(opened, status.Modified, status.Modified);
    }

    private (uint Uid, uint Gid) OwnerOf(in FileStatus status) =>
        destination.Owner ?? (keepsOwners ? (status.Uid, status.Gid) : (0, 0));

    private void Entry(Fd from, in SelectedEntry entry, Fd to, byte[] name, byte[]? buffer)
    {
        FileStatus status = entry.Status;
        (uint uid, uint gid) = OwnerOf(status);
        int mode = destination.Mode?.Apply(status.Permissions, isDirectory: false) ?? status.Permissions;
        if (status.Type == FileType.Regular)
        {
            using Fd source = FileAt.Open(
                from, entry.Name, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, ResolveFlags.NoMagicLinks);
            bool isMadeSo = _isPlain && (mode & ~ReadWriteExecute) == 0;
            using Fd file = Create(to, name, isMadeSo ? mode : OwnerReadWrite);
            Content(source, file, status.Size, buffer);
            FileSetDigest.RequireUnchanged(source, entry);
            if (!_isPlain || uid != 0 || gid != 0)
            {
                FileAt.ChangeOwner(file, uid, gid);
            }

            if (!isMadeSo)
            {
                FileAt.ChangeMode(file, mode);
            }

            CopyAttributes(source, file);
            FileAt.SetTimes(file, status.Modified, status.Modified);
            return;
        }

        if (status.Type == FileType.SymbolicLink)
        {
            byte[] link = FileAt.ReadLink(from, entry.Name);
            Replace(to, name, () => FileAt.TryMakeSymbolicLink(link, to, name));
        }
        else if (status is { Type: FileType.CharacterDevice, Node: { Major: 0, Minor: 0 } })
        {
            // In an upper it would mean that nothing is there.
            throw new SyscallException("mknodat", Errno.EPERM, Encoding.UTF8.GetString(name));
        }
        else
        {
            Replace(to, name, () => FileAt.TryMakeNode(to, name, status.Type, OwnerOnly, status.Node));
        }

        FileAt.ChangeOwner(to, name, uid, gid);
        if (status.Type != FileType.SymbolicLink)
        {
            FileAt.ChangeMode(to, name, mode);
        }

        FileAt.SetTimes(to, name, status.Modified, status.Modified);
    }

    private static void Content(Fd source, Fd file, long size, byte[]? buffer)
    {
        if (size > SmallFile || buffer is null)
        {
            FileCopy.Content(source, file);
            return;
        }

        int read;
        while ((read = FileContent.Read(source, buffer.AsSpan(0, SmallFile))) > 0)
        {
            FileContent.Write(file, buffer.AsSpan(0, read));
            if (read < SmallFile && read == size)
            {
                return;
            }
        }
    }

    /// <summary>What gives rights (<c>security.*</c>) comes along only from where owners do: a context's files are anybody's.</summary>
    private void CopyAttributes(Fd from, Fd to)
    {
        if (!ExtendedAttributes.HasAny(from))
        {
            return;
        }

        foreach (string attribute in ExtendedAttributes.List(from))
        {
            bool isOfItsPlace = attribute == "security.selinux"
                || (!keepsOwners && attribute.StartsWith("security.", StringComparison.Ordinal))
                || attribute.StartsWith("trusted.", StringComparison.Ordinal)
                || attribute.StartsWith("user.overlay.", StringComparison.Ordinal)
                || attribute.StartsWith("system.", StringComparison.Ordinal);
            if (!isOfItsPlace && ExtendedAttributes.Get(from, attribute) is { } value)
            {
                Errno errno = ExtendedAttributes.TrySet(to, attribute, value);
                if (errno is not (Errno.None or Errno.EOPNOTSUPP or Errno.EPERM))
                {
                    throw new SyscallException("fsetxattr", errno, attribute);
                }
            }
        }
    }

    private static Fd Create(Fd directory, byte[] name, int mode = OwnerReadWrite)
    {
        Fd? file = null;
        Replace(directory, name, () =>
        {
            file = FileAt.TryOpen(
                directory, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, mode, ResolveFlags.None, out Errno errno);
            return errno;
        });
        return file!;
    }

    /// <summary>Makes something in the place of what is no directory.</summary>
    private static void Replace(Fd directory, byte[] name, Func<Errno> make)
    {
        Errno errno = make();
        if (errno == Errno.EEXIST)
        {
            Errno removed = FileAt.TryUnlink(directory, name);
            if (removed is Errno.EISDIR or Errno.EPERM && FileAt.Stat(directory, name).IsDirectory)
            {
                throw EngineException.Invalid($"cannot copy to directory: {Encoding.UTF8.GetString(name)}");
            }

            errno = removed == Errno.None ? make() : removed;
        }

        if (errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            throw new EngineException(ErrorKind.ResourceExhausted, $"{Encoding.UTF8.GetString(name)}: {errno.Describe()}");
        }

        if (errno != Errno.None)
        {
            throw new SyscallException("openat2", errno, Encoding.UTF8.GetString(name));
        }
    }
}
