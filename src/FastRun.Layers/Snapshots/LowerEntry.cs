using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>What the layers below have under a path.</summary>
/// <param name="Tree">The tree of the topmost layer that has it; stays the view's.</param>
/// <param name="Path">Where.</param>
/// <param name="Status">What.</param>
/// <param name="LinkTarget">The target of a symbolic link.</param>
internal sealed record LowerEntry(Fd Tree, byte[] Path, FileStatus Status, byte[]? LinkTarget)
{
    /// <summary>Opens a file for reading.</summary>
    internal Fd Open() =>
        FileAt.Open(Tree, Path, OpenFlags.Read | OpenFlags.NoFollow, 0, DirectoryCache.Strict);

    /// <summary>Its owner, mode, times and attributes, for a copy of it.</summary>
    internal EntryMetadata ToMetadata()
    {
        int slash = Path.AsSpan().LastIndexOf((byte)'/');
        byte[] parent = slash < 0 ? [(byte)'.'] : Path[..slash];
        byte[] name = Path.Length == 0 ? [(byte)'.'] : Path[(slash + 1)..];
        using Fd directory = FileAt.OpenDirectory(Tree, parent, DirectoryCache.Strict);
        return new EntryMetadata
        {
            Permissions = Status.Permissions,
            Uid = Status.Uid,
            Gid = Status.Gid,
            Modified = Status.Modified,
            Attributes = Overlay.ReadAttributes(directory, name),
        };
    }

    /// <summary>An entry that makes a copy of it.</summary>
    /// <param name="name">What the copy is called.</param>
    internal LayerEntry ToEntry(ReadOnlySpan<byte> name) => new()
    {
        Name = name,
        Type = EntryTypeOf(Status.Type),
        LinkName = LinkTarget,
        Size = Status.Type == FileType.Regular ? Status.Size : 0,
        Node = Status.Node,
        Metadata = ToMetadata(),
    };

    private static EntryType EntryTypeOf(FileType type) => type switch
    {
        FileType.Directory => EntryType.Directory,
        FileType.SymbolicLink => EntryType.SymbolicLink,
        FileType.CharacterDevice => EntryType.CharacterDevice,
        FileType.BlockDevice => EntryType.BlockDevice,
        FileType.Fifo => EntryType.Fifo,
        _ => EntryType.File,
    };
}
