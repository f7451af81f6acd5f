using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// Unpacks entries into the tree of a staged layer. Names are resolved in memory (symbolic links stay inside the root) and
/// every file is made in a directory that was opened without following any link, under a name of one component: nothing an
/// archive says leads out of the tree. On top of layers names lead where they would lead in the merged image; without them, what
/// they might have changed is noted as <see cref="Leanings"/>.
/// </summary>
internal sealed partial class LayerTree : IDisposable
{
    internal const string FilesDirectory = "fs";
    internal const string KeptDirectory = "kept";
    internal const int DefaultPermissions = 0x1ED;

    private const int OwnerOnly = 0x1C0;
    private const int OwnerFile = 0x180;
    private const int EveryPermission = 0x1FF;

    private readonly Fd _root;
    private readonly FileStatus _own;
    private readonly EntryPath _path = new();
    private readonly TreeNode _rootNode = new(null, []) { Holds = true };
    private readonly List<TreeNode> _directories = [];
    private readonly List<Relocation> _relocations = [];
    private readonly List<string> _openHardLinks = [];
    private readonly TreeMemory _memory;
    private readonly Fd _staging;
    private readonly LowerView? _lowers;
    private DirectoryCache? _cache;
    private int _contents;

    /// <summary>Begins a tree.</summary>
    /// <param name="staging">The directory of the staged layer.</param>
    /// <param name="lowers">The layers below; null to unpack on its own.</param>
    /// <param name="memory">What it may have to remember, together with the other trees of its image.</param>
    internal LayerTree(Fd staging, LowerView? lowers, MemoryAllowance memory)
    {
        _staging = staging;
        _lowers = lowers;
        _memory = new TreeMemory(memory);
        _root = MakeRoot(staging);
        _own = FileAt.Stat(_root);
    }

    /// <summary>Writes a file's content; the path is where the finished tree has it.</summary>
    internal delegate void ContentWriter(in NewFile target, ReadOnlySpan<byte> path);

    /// <summary>Bytes of the regular files.</summary>
    internal long FileBytes { get; private set; }

    /// <summary>Entries that were written.</summary>
    internal int Entries { get; private set; }

    /// <summary>
    /// Whether a file gets exactly the permissions that it is made with: no umask, no default ACL, no set-group-ID directory above
    /// changed those of the root.
    /// </summary>
    private bool IsExact => _own.Permissions == EveryPermission;

    private DirectoryCache Cache => _cache ??= new DirectoryCache(_root);

    /// <summary>Unpacks one entry.</summary>
    /// <exception cref="LayerException">The entry cannot stand where it says.</exception>
    internal void Write(in LayerEntry entry, ContentWriter content)
    {
        Entries++;
        if (!TryWalk(entry.Name, out TreeNode parent, out ReadOnlySpan<byte> name))
        {
            List<byte[]> components = LayerPath.Clean(entry.Name);
            if (components.Count == 0)
            {
                SetRoot(in entry);
                return;
            }

            byte[] last = components[^1];
            components.RemoveAt(components.Count - 1);
            if (Whiteout.TryParse(components, last, out Whiteout whiteout))
            {
                ApplyWhiteout(components, whiteout, in entry);
                return;
            }

            parent = Resolve(components, create: true, in entry)!;
            name = last;
        }

        MarkHolding(parent);
        if (!_path.TrySpell(parent, name, out ReadOnlySpan<byte> path))
        {
            throw Refused(in entry, "its path is too long");
        }

        switch (entry.Type)
        {
            case EntryType.Directory:
                WriteDirectory(parent, name, in entry);
                break;
            case EntryType.File:
                WriteFile(parent, name, path, in entry, content);
                break;
            case EntryType.SymbolicLink:
                WriteSymbolicLink(parent, name, in entry);
                break;
            case EntryType.HardLink:
                WriteHardLink(parent, name, path, in entry);
                break;
            default:
                WriteNode(parent, name, in entry);
                break;
        }
    }

    public void Dispose()
    {
        _cache?.Dispose();
        _root.Dispose();
    }

    private static Fd MakeRoot(Fd staging)
    {
        // The staging directory keeps everybody else out.
        FileAt.MakeDirectory(staging, FilesDirectory, EveryPermission);
        return FileAt.Open(staging, FilesDirectory, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
    }

    /// <summary>Whether what is made here belongs to the entry's owner from the beginning.</summary>
    private bool IsOwner(in EntryMetadata entry) => IsExact && entry.Uid == _own.Uid && entry.Gid == _own.Gid;

    private void SetRoot(in LayerEntry entry)
    {
        if (entry.Type != EntryType.Directory)
        {
            throw Refused(in entry, "the root can only be a directory");
        }

        SetMetadata(_rootNode, entry.Metadata);
    }

    private void WriteDirectory(TreeNode parent, ReadOnlySpan<byte> name, in LayerEntry entry)
    {
        TreeNode? existing = parent.Find(name);
        if (existing is { IsDirectory: true })
        {
            existing.UsedBeforeEntry |= existing.Metadata is null || existing.Borrowed;
            SetMetadata(existing, entry.Metadata);
            existing.Holds = true;
            return;
        }

        Fd directory = Cache.Open(parent);
        // What it will have, and all that its owner needs to fill it.
        int permissions = (entry.Metadata.Permissions & EveryPermission) | OwnerOnly;
        Errno errno = FileAt.TryMakeDirectory(directory, name, permissions);
        bool replaces = errno == Errno.EEXIST;
        if (replaces)
        {
            // A whiteout or an earlier entry that was no directory: either hides what layers below have here.
            Displace(parent, name);
            errno = FileAt.TryMakeDirectory(directory, name, permissions);
        }

        ThrowIf(errno, "mkdirat", in entry);
        SetMetadata(AddDirectory(parent, name, new() { Fresh = replaces, Holds = true, Permissions = permissions }), entry.Metadata);
    }

    /// <summary>Keeps what an entry says for the end.</summary>
    private void SetMetadata(TreeNode directory, in EntryMetadata metadata)
    {
        _memory.Replace(directory.Metadata, metadata);
        directory.Metadata = metadata;
        directory.Borrowed = false;
    }

    private void WriteFile(
        TreeNode parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> path, in LayerEntry entry, ContentWriter content)
    {
        Fd directory = Cache.Open(parent);
        EntryMetadata metadata = entry.Metadata;
        int permissions = metadata.Permissions & EveryPermission;
        Errno errno = NewFile.TryCreate(directory, name, permissions, out NewFile file);
        if (errno == Errno.EEXIST)
        {
            Displace(parent, name);
            errno = NewFile.TryCreate(directory, name, permissions, out file);
        }

        ThrowIf(errno, "openat", in entry);
        try
        {
            if (entry.Size > 0)
            {
                content(in file, path);
                _contents++;
                FileBytes += entry.Size;
            }

            // chown clears set-uid, set-gid and file capabilities, so it comes first.
            if (!IsOwner(in metadata))
            {
                file.ChangeOwner(metadata.Uid, metadata.Gid);
            }

            if (!IsExact || metadata.Permissions != permissions)
            {
                file.ChangeMode(metadata.Permissions);
            }

            SetAttributes(directory, name, metadata.Attributes);
            file.SetTimes(metadata.Modified, metadata.Modified);
        }
        finally
        {
            file.Dispose();
        }
    }

    private void WriteSymbolicLink(TreeNode parent, ReadOnlySpan<byte> name, in LayerEntry entry)
    {
        if (entry.LinkName.Length == 0)
        {
            throw Refused(in entry, "a symbolic link to nothing");
        }

        Fd directory = Cache.Open(parent);
        Errno errno = FileAt.TryMakeSymbolicLink(entry.LinkName, directory, name);
        if (errno == Errno.EEXIST)
        {
            Displace(parent, name);
            errno = FileAt.TryMakeSymbolicLink(entry.LinkName, directory, name);
        }

        ThrowIf(errno, "symlinkat", in entry);
        AddSymbolicLink(parent, name, entry.LinkName.ToArray());
        if (!IsOwner(entry.Metadata))
        {
            FileAt.ChangeOwner(directory, name, entry.Metadata.Uid, entry.Metadata.Gid);
        }

        SetAttributes(directory, name, entry.Metadata.Attributes);
        FileAt.SetTimes(directory, name, entry.Metadata.Modified, entry.Metadata.Modified);
    }

    private void WriteNode(TreeNode parent, ReadOnlySpan<byte> name, in LayerEntry entry)
    {
        FileType type = entry.Type switch
        {
            EntryType.CharacterDevice => FileType.CharacterDevice,
            EntryType.BlockDevice => FileType.BlockDevice,
            _ => FileType.Fifo,
        };
        if (type == FileType.CharacterDevice && entry.Node == default)
        {
            // On disk it would be a whiteout, which only a .wh. name may ask for.
            return;
        }

        Fd directory = Cache.Open(parent);
        Errno errno = FileAt.TryMakeNode(directory, name, type, OwnerFile, entry.Node);
        if (errno == Errno.EEXIST)
        {
            Displace(parent, name);
            errno = FileAt.TryMakeNode(directory, name, type, OwnerFile, entry.Node);
        }

        ThrowIf(errno, "mknodat", in entry);
        FileAt.ChangeOwner(directory, name, entry.Metadata.Uid, entry.Metadata.Gid);
        FileAt.ChangeMode(directory, name, entry.Metadata.Permissions);
        SetAttributes(directory, name, entry.Metadata.Attributes);
        FileAt.SetTimes(directory, name, entry.Metadata.Modified, entry.Metadata.Modified);
    }

    private void ApplyWhiteout(List<byte[]> components, Whiteout whiteout, in LayerEntry entry)
    {
        if (whiteout.Kind == WhiteoutKind.Ignored)
        {
            return;
        }

        TreeNode parent = Resolve(components, create: true, in entry)!;
        parent.HasWhiteouts = true;
        if (whiteout.Kind == WhiteoutKind.Opaque)
        {
            parent.Opaque = true;
            return;
        }

        Errno errno = Overlay.TryMakeWhiteout(Cache.Open(parent), whiteout.Name);
        if (errno == Errno.EEXIST)
        {
            // An entry of the same layer: the two mean replace, and only a directory lets layers below through.
            if (parent.Find(whiteout.Name) is { IsDirectory: true } directory)
            {
                directory.Fresh = true;
            }
        }
        else if (errno != Errno.None)
        {
            throw new SyscallException("mknodat", errno, LayerPath.ForMessage(whiteout.Name));
        }
    }

    /// <summary>
    /// Takes away what stands under a name, because a later entry replaces it. The bytes of files are kept outside the tree:
    /// the tar cannot be made again without them.
    /// </summary>
    private void Displace(TreeNode parent, ReadOnlySpan<byte> name)
    {
        Fd directory = Cache.Open(parent);
        FileStatus status = FileAt.Stat(directory, name);
        if (status.Type is FileType.Regular or FileType.Directory)
        {
            if (_relocations.Count == 0)
            {
                FileAt.MakeDirectory(_staging, KeptDirectory, OwnerOnly);
            }

            string kept = _relocations.Count.ToString(CultureInfo.InvariantCulture);
            FileAt.Rename(directory, name, _staging, $"{KeptDirectory}/{kept}");
            string path = LayerPath.ToText(LayerPath.Join(parent.Path, name));
            _memory.AddText(path);
            _relocations.Add(new Relocation(_contents, path, kept));
        }
        else
        {
            FileAt.Unlink(directory, name);
        }

        if (parent.Find(name) is { } node)
        {
            parent.Remove(node);
        }
    }

    private void AddSymbolicLink(TreeNode parent, ReadOnlySpan<byte> name, byte[] target)
    {
        _memory.AddNode(name.Length, target.Length);
        parent.Add(new TreeNode(parent, name.ToArray()) { LinkTarget = target });
    }

    private static void SetAttributes(Fd directory, ReadOnlySpan<byte> name, ExtendedAttribute[] attributes)
    {
        foreach ((string attribute, byte[] value) in attributes)
        {
            if (Overlay.IsOwn(attribute))
            {
                continue;
            }

            Errno errno = ExtendedAttributes.TrySet(directory, name, attribute, value);
            if (errno is not (Errno.None or Errno.EOPNOTSUPP)
                && !(errno == Errno.EPERM && (!Environment.IsPrivilegedProcess || IsUsers(attribute))))
            {
                throw new SyscallException("lsetxattr", errno, $"{LayerPath.ForMessage(Encoding.UTF8.GetBytes(attribute))} of {LayerPath.ForMessage(name)}");
            }
        }
    }

    /// <summary>Only files and directories may have these, and builders give them to links and devices too (xattr(7)).</summary>
    private static bool IsUsers(string attribute) => attribute.StartsWith("user.", StringComparison.Ordinal);

    private static void ThrowIf(Errno errno, string syscall, in LayerEntry entry)
    {
        if (errno != Errno.None)
        {
            throw new SyscallException(syscall, errno, entry.ToString());
        }
    }
}
