using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>What a collection removed.</summary>
/// <param name="Sandboxes">Sandboxes whose process had been killed.</param>
/// <param name="Images">What the image store removed.</param>
public sealed record CollectedGarbage(int Sandboxes, GarbageReport Images);
