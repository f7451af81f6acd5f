using System.Collections.Generic;

namespace FastRun.Engine.Containers;

/// <summary>What a prune of containers did.</summary>
/// <param name="Ids">The containers that are gone.</param>
/// <param name="Bytes">What their files occupied.</param>
public sealed record PrunedContainers(IReadOnlyList<string> Ids, long Bytes);
