using System;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// One entry of a layer's tar. Names are bytes as they stand there, neither cleaned nor trusted, and lie where they were read:
/// they are valid until the next entry is.
/// </summary>
internal readonly ref struct LayerEntry
{
    /// <summary>Where.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>What.</summary>
    public required EntryType Type { get; init; }

    /// <summary>The target of a link.</summary>
    public ReadOnlySpan<byte> LinkName { get; init; }

    /// <summary>Bytes of content that follow; only files have any.</summary>
    public long Size { get; init; }

    /// <summary>What a device node stands for.</summary>
    public DeviceNumber Node { get; init; }

    /// <summary>What it says of its inode.</summary>
    public required EntryMetadata Metadata { get; init; }

    /// <summary>The name for a message.</summary>
    public override string ToString() => LayerPath.ForMessage(Name);
}
