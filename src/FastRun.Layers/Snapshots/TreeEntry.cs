using System.Collections.Generic;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>An entry of an archive that is made of a tree, or written to one: as <see cref="LayerEntry"/>, with everything its own.</summary>
public sealed record TreeEntry
{
    /// <summary>Where.</summary>
    public required byte[] Name { get; init; }

    /// <summary>The name without the slash behind a directory's.</summary>
    public byte[] Path => Name is [.., (byte)'/'] ? Name[..^1] : Name;

    /// <summary>What.</summary>
    public required EntryType Type { get; init; }

    /// <summary>The target of a link.</summary>
    public byte[] LinkName { get; init; } = [];

    /// <summary>Permission bits with set-uid, set-gid and sticky.</summary>
    public int Permissions { get; init; }

    /// <summary>The owner.</summary>
    public uint Uid { get; init; }

    /// <summary>The owning group.</summary>
    public uint Gid { get; init; }

    /// <summary>Bytes of content that follow; only files have any.</summary>
    public long Size { get; init; }

    /// <summary>When it was modified.</summary>
    public FileTime Modified { get; init; }

    /// <summary>What a device node stands for.</summary>
    public DeviceNumber Node { get; init; }

    /// <summary>Extended attributes.</summary>
    public IReadOnlyList<ExtendedAttribute> Attributes { get; init; } = [];

    /// <summary>A copy of what was read from a tar.</summary>
    internal static TreeEntry Of(in LayerEntry entry) => new()
    {
        Name = entry.Name.ToArray(),
        Type = entry.Type,
        LinkName = entry.LinkName.ToArray(),
        Permissions = entry.Metadata.Permissions,
        Uid = entry.Metadata.Uid,
        Gid = entry.Metadata.Gid,
        Size = entry.Size,
        Modified = entry.Metadata.Modified,
        Node = entry.Node,
        Attributes = entry.Metadata.Attributes,
    };

    /// <summary>The name for a message.</summary>
    public override string ToString() => LayerPath.ForMessage(Name);
}
