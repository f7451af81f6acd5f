using System.Collections.Generic;

namespace FastRun.Engine.Networks;

/// <summary>What a prune of networks removed.</summary>
/// <param name="Names">The networks.</param>
public sealed record PrunedNetworks(IReadOnlyList<string> Names);
