using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>What an entry says of its inode.</summary>
internal readonly record struct EntryMetadata
{
    /// <summary>Without attributes, as nearly all entries are.</summary>
    public EntryMetadata()
    {
    }

    /// <summary>Permission bits with set-uid, set-gid and sticky.</summary>
    public int Permissions { get; init; }

    /// <summary>The owner.</summary>
    public uint Uid { get; init; }

    /// <summary>The owning group.</summary>
    public uint Gid { get; init; }

    /// <summary>When it was modified.</summary>
    public FileTime Modified { get; init; }

    /// <summary>Extended attributes.</summary>
    public ExtendedAttribute[] Attributes { get; init; } = [];
}
