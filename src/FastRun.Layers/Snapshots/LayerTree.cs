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
    private readonly KnownDirectory _known = new();
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
    internal void Write(LayerEntry entry, ContentWriter content)
    {
        Entries++;
        if (!_known.TryGet(entry.Name, out TreeNode? parent, out ReadOnlySpan<byte> last))
        {
            List<byte[]> components = LayerPath.Clean(entry.Name);
            if (components.Count == 0)
            {
                SetRoot(entry);
                return;
            }

            byte[] cleaned = components[^1];
            components.RemoveAt(components.Count - 1);
            if (Whiteout.TryParse(components, cleaned, out Whiteout whiteout))
            {
                ApplyWhiteout(components, whiteout);
                return;
            }

            parent = Resolve(components, create: true, entry)!;
            last = cleaned;
            _known.Set(entry.Name, parent);
        }

        MarkHolding(parent);
        byte[] name = last.ToArray();
        if (!_known.TryAppend(parent, name, out ReadOnlySpan<byte> path))
        {
            throw Refused(entry, "its path is too long");
        }

        switch (entry.Type)
        {
            case EntryType.Directory:
                WriteDirectory(parent, name, entry);
                break;
            case EntryType.File:
                WriteFile(parent, name, path, entry, content);
                break;
            case EntryType.SymbolicLink:
                WriteSymbolicLink(parent, name, entry);
                break;
            case EntryType.HardLink:
                WriteHardLink(parent, name, path, entry);
                break;
            default:
                WriteNode(parent, name, entry);
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
    private bool IsOwner(LayerEntry entry) => IsExact && entry.Uid == _own.Uid && entry.Gid == _own.Gid;

    private void SetRoot(LayerEntry entry)
    {
        if (entry.Type != EntryType.Directory)
        {
            throw Refused(entry, "the root can only be a directory");
        }

        SetMetadata(_rootNode, entry);
    }

    private void WriteDirectory(TreeNode parent, byte[] name, LayerEntry entry)
    {
        TreeNode? existing = parent.Find(name);
        if (existing is { IsDirectory: true })
        {
            existing.UsedBeforeEntry |= existing.Metadata is null || existing.Borrowed;
            SetMetadata(existing, entry);
            existing.Holds = true;
            return;
        }

        Fd directory = Cache.Open(parent);
        int permissions = DirectoryPermissions(entry);
        Errno errno = FileAt.TryMakeDirectory(directory, name, permissions);
        bool replaces = errno == Errno.EEXIST;
        if (replaces)
        {
            // A whiteout or an earlier entry that was no directory: either hides what layers below have here.
            Displace(parent, name);
            errno = FileAt.TryMakeDirectory(directory, name, permissions);
        }

        ThrowIf(errno, "mkdirat", entry);
        SetMetadata(AddDirectory(parent, name, new() { Fresh = replaces, Holds = true, Permissions = permissions }), entry);
    }

    /// <summary>What a directory begins with: what it will have, and all that its owner needs to fill it.</summary>
    private static int DirectoryPermissions(LayerEntry entry) => (entry.Permissions & EveryPermission) | OwnerOnly;

    /// <summary>Keeps what an entry says for the end, but for its name, which may be a million times as long as what it names.</summary>
    private void SetMetadata(TreeNode directory, LayerEntry entry)
    {
        _memory.Replace(directory.Metadata, entry);
        directory.Metadata = entry with { Name = directory.Name, LinkName = [] };
        directory.Borrowed = false;
    }

    private void WriteFile(
        TreeNode parent, byte[] name, ReadOnlySpan<byte> path, LayerEntry entry, ContentWriter content)
    {
        Fd directory = Cache.Open(parent);
        int permissions = entry.Permissions & EveryPermission;
        Errno errno = NewFile.TryCreate(directory, name, permissions, out NewFile file);
        if (errno == Errno.EEXIST)
        {
            Displace(parent, name);
            errno = NewFile.TryCreate(directory, name, permissions, out file);
        }

        ThrowIf(errno, "openat", entry);
        try
        {
            if (entry.Size > 0)
            {
                content(in file, path);
                _contents++;
                FileBytes += entry.Size;
            }

            // chown clears set-uid, set-gid and file capabilities, so it comes first.
            if (!IsOwner(entry))
            {
                file.ChangeOwner(entry.Uid, entry.Gid);
            }

            if (!IsExact || entry.Permissions != permissions)
            {
                file.ChangeMode(entry.Permissions);
            }

            SetAttributes(directory, name, entry);
            file.SetTimes(entry.Modified, entry.Modified);
        }
        finally
        {
            file.Dispose();
        }
    }

    private void WriteSymbolicLink(TreeNode parent, byte[] name, LayerEntry entry)
    {
        if (entry.LinkName.Length == 0)
        {
            throw Refused(entry, "a symbolic link to nothing");
        }

        Fd directory = Cache.Open(parent);
        Errno errno = FileAt.TryMakeSymbolicLink(entry.LinkName, directory, name);
        if (errno == Errno.EEXIST)
        {
            Displace(parent, name);
            errno = FileAt.TryMakeSymbolicLink(entry.LinkName, directory, name);
        }

        ThrowIf(errno, "symlinkat", entry);
        AddSymbolicLink(parent, name, entry.LinkName);
        if (!IsOwner(entry))
        {
            FileAt.ChangeOwner(directory, name, entry.Uid, entry.Gid);
        }

        SetAttributes(directory, name, entry);
        FileAt.SetTimes(directory, name, entry.Modified, entry.Modified);
    }

    private void WriteNode(TreeNode parent, byte[] name, LayerEntry entry)
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

        ThrowIf(errno, "mknodat", entry);
        FileAt.ChangeOwner(directory, name, entry.Uid, entry.Gid);
        FileAt.ChangeMode(directory, name, entry.Permissions);
        SetAttributes(directory, name, entry);
        FileAt.SetTimes(directory, name, entry.Modified, entry.Modified);
    }

    private void ApplyWhiteout(List<byte[]> components, Whiteout whiteout)
    {
        if (whiteout.Kind == WhiteoutKind.Ignored)
        {
            return;
        }

        _known.Forget();
        TreeNode parent = Resolve(components, create: true, null)!;
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
    private void Displace(TreeNode parent, byte[] name)
    {
        _known.Forget();
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

    private void AddSymbolicLink(TreeNode parent, byte[] name, byte[] target)
    {
        _memory.AddNode(name.Length, target.Length);
        parent.Add(new TreeNode(parent, name) { LinkTarget = target });
    }

    private static void SetAttributes(Fd directory, byte[] name, LayerEntry entry)
    {
        foreach ((string attribute, byte[] value) in entry.Attributes)
        {
            if (Overlay.IsOwn(attribute))
            {
                continue;
            }

            Errno errno = ExtendedAttributes.TrySet(directory, name, attribute, value);
            if (errno is not (Errno.None or Errno.EOPNOTSUPP)
                && !(errno == Errno.EPERM && (!Environment.IsPrivilegedProcess || IsUsers(attribute))))
            {
                throw new SyscallException("lsetxattr", errno, $"{LayerPath.ForMessage(Encoding.UTF8.GetBytes(attribute))} of {entry}");
            }
        }
    }

    /// <summary>Only files and directories may have these, and builders give them to links and devices too (xattr(7)).</summary>
    private static bool IsUsers(string attribute) => attribute.StartsWith("user.", StringComparison.Ordinal);

    private static void ThrowIf(Errno errno, string syscall, LayerEntry entry)
    {
        if (errno != Errno.None)
        {
            throw new SyscallException(syscall, errno, entry.ToString());
        }
    }
}
