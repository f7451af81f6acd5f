using System.Collections.Generic;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>One entry of a layer's tar. Names are bytes as they stand there, neither cleaned nor trusted.</summary>
internal sealed record LayerEntry
{
    /// <summary>Where.</summary>
    public required byte[] Name { get; init; }

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

    /// <summary>The name for a message.</summary>
    public override string ToString() => LayerPath.ForMessage(Name);
}
