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
/// archive says leads out of the tree. On top of layers (<paramref name="lowers"/>) names lead where they would lead in the
/// merged image; without them, what they might have changed is noted as <see cref="Leanings"/>.
/// </summary>
internal sealed partial class LayerTree(Fd staging, LowerView? lowers, long memoryLimit) : IDisposable
{
    internal const string FilesDirectory = "fs";
    internal const string KeptDirectory = "kept";
    internal const int DefaultPermissions = 0x1ED;

    private const int OwnerOnly = 0x1C0;
    private const int OwnerFile = 0x180;

    private readonly Fd _root = MakeRoot(staging);
    private readonly TreeNode _rootNode = new(null, []) { Holds = true };
    private readonly List<TreeNode> _directories = [];
    private readonly List<Relocation> _relocations = [];
    private readonly List<string> _openHardLinks = [];
    private readonly TreeMemory _memory = new(memoryLimit);
    private DirectoryCache? _cache;
    private int _contents;

    /// <summary>Writes a file's content; the path is where the finished tree has it.</summary>
    internal delegate void ContentWriter(Fd target, ReadOnlySpan<byte> path);

    /// <summary>Bytes of the regular files.</summary>
    internal long FileBytes { get; private set; }

    /// <summary>Entries that were written.</summary>
    internal int Entries { get; private set; }

    private DirectoryCache Cache => _cache ??= new DirectoryCache(_root);

    /// <summary>Unpacks one entry.</summary>
    /// <exception cref="LayerException">The entry cannot stand where it says.</exception>
    internal void Write(LayerEntry entry, ContentWriter content)
    {
        Entries++;
        List<byte[]> components = LayerPath.Clean(entry.Name);
        if (components.Count == 0)
        {
            SetRoot(entry);
            return;
        }

        byte[] name = components[^1];
        components.RemoveAt(components.Count - 1);
        if (Whiteout.TryParse(components, name, out Whiteout whiteout))
        {
            ApplyWhiteout(components, whiteout);
            return;
        }

        TreeNode parent = Resolve(components, create: true, entry)!;
        MarkHolding(parent);
        byte[] path = LayerPath.Join(parent.Path, name);
        if (path.Length > LayerPath.MaxLength)
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
        FileAt.MakeDirectory(staging, FilesDirectory, OwnerOnly);
        return FileAt.Open(staging, FilesDirectory, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
    }

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
        Errno errno = FileAt.TryMakeDirectory(directory, name, OwnerOnly);
        bool replaces = errno == Errno.EEXIST;
        if (replaces)
        {
            // A whiteout or an earlier entry that was no directory: either hides what layers below have here.
            Displace(parent, name);
            errno = FileAt.TryMakeDirectory(directory, name, OwnerOnly);
        }

        ThrowIf(errno, "mkdirat", entry);
        SetMetadata(AddDirectory(parent, name, new() { Fresh = replaces, Holds = true }), entry);
    }

    /// <summary>Keeps what an entry says for the end, but for its name, which may be a million times as long as what it names.</summary>
    private void SetMetadata(TreeNode directory, LayerEntry entry)
    {
        _memory.Replace(directory.Metadata, entry);
        directory.Metadata = entry with { Name = directory.Name, LinkName = [] };
        directory.Borrowed = false;
    }

    private void WriteFile(TreeNode parent, byte[] name, byte[] path, LayerEntry entry, ContentWriter content)
    {
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        Fd directory = Cache.Open(parent);
        Fd? file = FileAt.TryOpen(directory, name, flags, OwnerFile, ResolveFlags.None, out Errno errno);
        if (errno == Errno.EEXIST)
        {
            Displace(parent, name);
            file = FileAt.TryOpen(directory, name, flags, OwnerFile, ResolveFlags.None, out errno);
        }

        ThrowIf(errno, "openat2", entry);
        using (file)
        {
            if (entry.Size > 0)
            {
                content(file!, path);
                _contents++;
                FileBytes += entry.Size;
            }

            // chown clears set-uid, set-gid and file capabilities, so it comes first.
            FileAt.ChangeOwner(file!, entry.Uid, entry.Gid);
            FileAt.ChangeMode(file!, entry.Permissions);
            SetAttributes(directory, name, entry);
            FileAt.SetTimes(file!, entry.Modified, entry.Modified);
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
        FileAt.ChangeOwner(directory, name, entry.Uid, entry.Gid);
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
        Fd directory = Cache.Open(parent);
        FileStatus status = FileAt.Stat(directory, name);
        if (status.Type is FileType.Regular or FileType.Directory)
        {
            if (_relocations.Count == 0)
            {
                FileAt.MakeDirectory(staging, KeptDirectory, OwnerOnly);
            }

            string kept = _relocations.Count.ToString(CultureInfo.InvariantCulture);
            FileAt.Rename(directory, name, staging, $"{KeptDirectory}/{kept}");
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
