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

    /// <summary>Its owner, mode, times and attributes, for a copy of it. An empty name.</summary>
    internal LayerEntry ToMetadata()
    {
        int slash = Path.AsSpan().LastIndexOf((byte)'/');
        byte[] parent = slash < 0 ? [(byte)'.'] : Path[..slash];
        byte[] name = Path.Length == 0 ? [(byte)'.'] : Path[(slash + 1)..];
        using Fd directory = FileAt.OpenDirectory(Tree, parent, DirectoryCache.Strict);
        return new LayerEntry
        {
            Name = [],
            Type = Status.IsDirectory ? EntryType.Directory : EntryTypeOf(Status.Type),
            Permissions = Status.Permissions,
            Uid = Status.Uid,
            Gid = Status.Gid,
            Size = Status.Type == FileType.Regular ? Status.Size : 0,
            Modified = Status.Modified,
            Node = Status.Node,
            Attributes = Overlay.ReadAttributes(directory, name),
        };
    }

    private static EntryType EntryTypeOf(FileType type) => type switch
    {
        FileType.SymbolicLink => EntryType.SymbolicLink,
        FileType.CharacterDevice => EntryType.CharacterDevice,
        FileType.BlockDevice => EntryType.BlockDevice,
        FileType.Fifo => EntryType.Fifo,
        _ => EntryType.File,
    };
}
