using System.Collections.Generic;

namespace FastRun.Layers.Images;

/// <summary>What the images occupy, layers that several share counted once.</summary>
/// <param name="Images">Each image.</param>
/// <param name="Size">Bytes of the files of all layers that images use.</param>
/// <param name="Reclaimable">Bytes of those layers that no image uses which is in use itself.</param>
public sealed record StoreUsage(IReadOnlyList<ImageUsage> Images, long Size, long Reclaimable);
