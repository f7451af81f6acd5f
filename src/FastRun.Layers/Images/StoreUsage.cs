using System.Collections.Generic;

namespace FastRun.Layers.Images;

/// <summary>What the images occupy, layers that several share counted once.</summary>
/// <param name="Images">Each image, snapshots among them.</param>
/// <param name="Size">Bytes of the files of all layers that images use.</param>
/// <param name="Reclaimable">Bytes of those layers that no image uses which is in use itself, and no snapshot.</param>
public sealed record StoreUsage(IReadOnlyList<ImageUsage> Images, long Size, long Reclaimable)
{
    /// <summary>Bytes of those layers that only snapshots use.</summary>
    public long SnapshotSize { get; init; }

    /// <summary>Bytes of these that no snapshot uses which is in use itself.</summary>
    public long ReclaimableOfSnapshots { get; init; }
}
