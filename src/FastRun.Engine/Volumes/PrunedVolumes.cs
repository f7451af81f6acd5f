using System.Collections.Generic;

namespace FastRun.Engine.Volumes;

/// <summary>What a prune of volumes removed.</summary>
/// <param name="Names">The volumes.</param>
/// <param name="Bytes">The bytes of their files.</param>
public sealed record PrunedVolumes(IReadOnlyList<string> Names, long Bytes);
