using System.Collections.Generic;

namespace FastRun.Layers.Images;

/// <summary>What an eviction did.</summary>
/// <param name="Evicted">The images that are gone: their names, or an id.</param>
/// <param name="Size">What the images occupy now, in bytes.</param>
public sealed record EvictionReport(IReadOnlyList<string> Evicted, long Size);
