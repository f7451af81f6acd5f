using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>What a collection removed.</summary>
/// <param name="Sandboxes">Sandboxes whose process had been killed.</param>
/// <param name="Images">What the image store removed.</param>
/// <param name="Eviction">What was removed for the sake of the storage limit; null where there is none.</param>
public sealed record CollectedGarbage(int Sandboxes, GarbageReport Images, EvictionReport? Eviction);
