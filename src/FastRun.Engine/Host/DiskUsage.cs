using System.Collections.Generic;
using FastRun.Engine.Build.Cache;
using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>What is kept on disk.</summary>
/// <param name="Store">The images, layers counted once.</param>
/// <param name="Names">The images by name.</param>
/// <param name="Containers">What containers and sandboxes wrote.</param>
/// <param name="Volumes">The named volumes.</param>
/// <param name="BuildCache">What builds keep.</param>
public sealed record DiskUsage(
    StoreUsage Store,
    IReadOnlyList<ImageSummary> Names,
    IReadOnlyList<ContainerUsage> Containers,
    IReadOnlyList<VolumeUsage> Volumes,
    IReadOnlyList<BuildCacheEntry> BuildCache);
