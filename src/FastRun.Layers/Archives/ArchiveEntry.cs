using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>What a file of a tree is, for who writes archives of a form of their own.</summary>
public sealed record ArchiveEntry
{
    /// <summary>Its path, relative, without a slash behind it.</summary>
    public required byte[] Path { get; init; }

    /// <summary>What it is.</summary>
    public required ArchiveEntryKind Kind { get; init; }

    /// <summary>Where a symbolic link leads, or the path of the file that a hard link is another name of.</summary>
    public byte[] LinkName { get; init; } = [];

    /// <summary>Permission bits with set-uid, set-gid and sticky.</summary>
    public int Permissions { get; init; }

    /// <summary>The owner.</summary>
    public uint Uid { get; init; }

    /// <summary>The owning group.</summary>
    public uint Gid { get; init; }

    /// <summary>Bytes of content.</summary>
    public long Size { get; init; }

    /// <summary>When it was modified.</summary>
    public FileTime Modified { get; init; }

    /// <summary>One that was read; null for what has no kind here.</summary>
    internal static ArchiveEntry? Of(TreeEntry entry)
    {
        ArchiveEntryKind? kind = entry.Type switch
        {
            EntryType.File => ArchiveEntryKind.File,
            EntryType.Directory => ArchiveEntryKind.Directory,
            EntryType.SymbolicLink => ArchiveEntryKind.SymbolicLink,
            EntryType.HardLink => ArchiveEntryKind.HardLink,
            _ => null,
        };
        return kind is null ? null : new ArchiveEntry
        {
            Path = entry.Name is [.., (byte)'/'] ? entry.Name[..^1] : entry.Name,
            Kind = kind.Value,
            LinkName = entry.LinkName,
            Permissions = entry.Permissions,
            Uid = entry.Uid,
            Gid = entry.Gid,
            Size = entry.Size,
            Modified = entry.Modified,
        };
    }

    internal TreeEntry ToTree() => new()
    {
        Name = Kind == ArchiveEntryKind.Directory ? [.. Path, (byte)'/'] : Path,
        Type = Kind switch
        {
            ArchiveEntryKind.Directory => EntryType.Directory,
            ArchiveEntryKind.SymbolicLink => EntryType.SymbolicLink,
            ArchiveEntryKind.HardLink => EntryType.HardLink,
            _ => EntryType.File,
        },
        LinkName = LinkName,
        Permissions = Permissions,
        Uid = Uid,
        Gid = Gid,
        Size = Size,
        Modified = Modified,
    };
}
