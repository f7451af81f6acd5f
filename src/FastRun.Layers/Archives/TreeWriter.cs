using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>
/// Makes files of entries in a tree that hostile processes may be changing. Parents are resolved by the kernel below a
/// descriptor, never beyond it. A file has no name until it is whole, so neither a kill nor a swap can catch it half made, and
/// attributes are always set on the very inode that was made, never by name. What is there already is replaced as Docker does
/// it: no directory by anything else, and nothing else by a directory.
/// </summary>
/// <param name="root">What paths are resolved in.</param>
/// <param name="prefix">The directory in it that entries are relative to; empty for itself.</param>
/// <param name="resolve">How paths are resolved.</param>
/// <param name="target">How entries become files.</param>
internal sealed partial class TreeWriter(Fd root, byte[] prefix, ResolveFlags resolve, TreeTarget target) : IDisposable
{
    private const int OwnerFile = 0b_110_000_000;
    private const int OwnerDirectory = 0b_111_000_000;
    private const int EverybodyDirectory = 0b_111_101_101;
    private const int MostAttempts = 64;

    private readonly Stack<(byte[] Path, FileTime Modified)> _entered = new();
    private byte[]? _parentPath;
    private Fd? _parent;

    /// <summary>Makes one entry.</summary>
    /// <param name="entry">What; its name is neither cleaned nor trusted.</param>
    /// <param name="content">Writes a file's content to a descriptor.</param>
    /// <exception cref="LayerException">It cannot stand where it says.</exception>
    /// <exception cref="SyscallException">It cannot be made.</exception>
    internal void Add(TreeEntry entry, Action<Fd>? content)
    {
        (byte[] parentPath, byte[] name) = Locate(entry.Name);
        LeaveAbove(LayerPath.Join(parentPath, name));
        if (name.Length == 0)
        {
            // The target itself, which stays as it is.
            return;
        }

        Fd parent = Parent(parentPath);
        switch (entry.Type)
        {
            case EntryType.Directory:
                WriteDirectory(parent, name, entry);
                _entered.Push((LayerPath.Join(parentPath, name), entry.Modified));
                break;
            case EntryType.File:
                WriteFile(parent, name, entry, content);
                break;
            case EntryType.HardLink:
                WriteHardLink(parent, name, entry);
                break;
            default:
                WriteNode(parent, name, entry);
                break;
        }
    }

    /// <summary>Gives the directories their times; to be called once, behind the last entry.</summary>
    internal void Complete() => LeaveAbove(null);

    public void Dispose() => _parent?.Dispose();

    private void WriteDirectory(Fd parent, byte[] name, TreeEntry entry)
    {
        Errno errno = FileAt.TryMakeDirectory(parent, name, OwnerDirectory);
        if (errno is not (Errno.None or Errno.EEXIST))
        {
            throw Failed("mkdirat", errno, entry.Name);
        }

        using Fd? directory = FileAt.TryOpen(
            parent, name, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out errno);
        if (directory is null)
        {
            throw errno is Errno.ENOTDIR or Errno.ELOOP
                ? Refused($"cannot overwrite non-directory \"{LayerPath.ForMessage(name)}\" with directory \"{entry}\"")
                : Failed("openat2", errno, entry.Name);
        }

        SetAttributes(directory, entry);
    }

    private void WriteFile(Fd parent, byte[] name, TreeEntry entry, Action<Fd>? content)
    {
        using Fd? unnamed = FileAt.TryOpen(
            parent, ".", OpenFlags.Write | OpenFlags.Unnamed | OpenFlags.Directory, OwnerFile, ResolveFlags.None, out Errno errno);
        if (unnamed is not null)
        {
            Fill(unnamed, entry, content);
            Place(parent, name, entry, () => FileAt.TryLinkOpen(unnamed, parent, name));
            return;
        }

        if (errno is not (Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL))
        {
            throw Failed("openat2", errno, entry.Name);
        }

        // A file system without unnamed files.
        Fd? made = null;
        Place(parent, name, entry, () =>
        {
            made = FileAt.TryOpen(
                parent, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, OwnerFile, ResolveFlags.None, out Errno open);
            return open;
        });
        using Fd file = made!;
        try
        {
            Fill(file, entry, content);
        }
        catch
        {
            FileAt.TryUnlink(parent, name);
            throw;
        }
    }

    private void Fill(Fd file, TreeEntry entry, Action<Fd>? content)
    {
        try
        {
            if (entry.Size > 0)
            {
                content?.Invoke(file);
            }

            SetAttributes(file, entry);
            FileAt.SetTimes(file, entry.Modified, entry.Modified);
        }
        catch (SyscallException exception) when (exception.Errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            throw Failed(exception.Syscall, exception.Errno, entry.Name);
        }
    }

    private void WriteHardLink(Fd parent, byte[] name, TreeEntry entry)
    {
        (byte[] firstParent, byte[] firstName) = Locate(entry.LinkName);
        using Fd directory = Open(firstParent);
        if (firstName.Length == 0 || FileAt.TryStat(directory, firstName, out FileStatus first) != Errno.None)
        {
            throw Refused($"hard link \"{entry}\": there is no \"{LayerPath.ForMessage(entry.LinkName)}\"");
        }

        if (FileAt.TryStat(parent, name, out FileStatus there) != Errno.None || !there.IsSameFile(first))
        {
            Place(parent, name, entry, () => FileAt.TryLink(directory, firstName, parent, name));
        }
    }

    /// <summary>A symbolic link, a device or a fifo: made by name, then held, and looked at before anything is set on it.</summary>
    private void WriteNode(Fd parent, byte[] name, TreeEntry entry)
    {
        FileType type = entry.Type switch
        {
            EntryType.SymbolicLink => FileType.SymbolicLink,
            EntryType.CharacterDevice => FileType.CharacterDevice,
            EntryType.BlockDevice => FileType.BlockDevice,
            _ => FileType.Fifo,
        };
        if (type is FileType.CharacterDevice or FileType.BlockDevice
            && target.DeviceMounts is { } mounts && !mounts.Contains(FileAt.Stat(parent).MountId))
        {
            throw Refused($"\"{entry}\" is a device, which is not made there");
        }

        if (type == FileType.SymbolicLink && entry.LinkName.Length == 0)
        {
            throw Refused($"\"{entry}\" is a symbolic link to nothing");
        }

        Place(parent, name, entry, () => type == FileType.SymbolicLink
            ? FileAt.TryMakeSymbolicLink(entry.LinkName, parent, name)
            : FileAt.TryMakeNode(parent, name, type, OwnerFile, entry.Node));
        using Fd? made = FileAt.TryOpen(parent, name, OpenFlags.PathOnly | OpenFlags.NoFollow, 0, ResolveFlags.None, out _);
        if (made is null || FileAt.Stat(made) is var status && (status.Type != type || status.Node != entry.Node || status.LinkCount != 1))
        {
            // Somebody has replaced it: what they made is theirs.
            return;
        }

        SetOwner(made, entry);
        if (type != FileType.SymbolicLink)
        {
            FileAt.ChangeMode(null, DescriptorPath(made), PermissionsOf(entry));
        }

        FileAt.SetTimes(made, entry.Modified, entry.Modified);
    }

    /// <summary>Gives something its name, in the place of what is no directory.</summary>
    private void Place(Fd parent, byte[] name, TreeEntry entry, Func<Errno> make)
    {
        Errno errno = make();
        for (int attempt = 0; errno == Errno.EEXIST && attempt < MostAttempts; attempt++)
        {
            Errno removed = FileAt.TryUnlink(parent, name);
            if (removed is Errno.EISDIR or Errno.EPERM
                && FileAt.TryStat(parent, name, out FileStatus there) == Errno.None && there.IsDirectory)
            {
                throw Refused($"cannot overwrite directory \"{LayerPath.ForMessage(name)}\" with non-directory \"{entry}\"");
            }

            if (removed is not (Errno.None or Errno.ENOENT))
            {
                throw Failed("unlinkat", removed, entry.Name);
            }

            errno = make();
        }

        if (errno != Errno.None)
        {
            throw Failed("linkat", errno, entry.Name);
        }
    }

    /// <summary>Owner before mode, because chown clears set-uid, and attributes after both, for it clears file capabilities too.</summary>
    private void SetAttributes(Fd file, TreeEntry entry)
    {
        SetOwner(file, entry);
        FileAt.ChangeMode(file, PermissionsOf(entry));
        foreach ((string attribute, byte[] value) in entry.Attributes)
        {
            bool isUsers = attribute.StartsWith("user.", StringComparison.Ordinal);
            if (Overlay.IsOwn(attribute) || (!isUsers && !target.KeepPrivileges))
            {
                continue;
            }

            Errno errno = ExtendedAttributes.TrySet(file, attribute, value);
            if (errno is not (Errno.None or Errno.EOPNOTSUPP))
            {
                throw Failed("fsetxattr", errno, entry.Name);
            }
        }
    }

    private void SetOwner(Fd file, TreeEntry entry)
    {
        if (target.KeepOwner || target.Owner is not null)
        {
            (uint uid, uint gid) = target.Owner ?? (entry.Uid, entry.Gid);
            FileAt.ChangeOwner(file, uid, gid);
        }
    }

    private int PermissionsOf(TreeEntry entry) =>
        target.KeepPrivileges || entry.Type == EntryType.Directory ? entry.Permissions : entry.Permissions & 0x3FF;

    private static string DescriptorPath(Fd descriptor) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Number}");
}
