using System.Collections.Generic;

namespace FastRun.Layers.Images;

/// <summary>What a check of the store found.</summary>
/// <param name="Images">How many images there were.</param>
/// <param name="Layers">How many layers there were, used or not.</param>
/// <param name="Damages">What is wrong; empty for a sound store.</param>
public sealed record StoreReport(int Images, int Layers, IReadOnlyList<StoreDamage> Damages);
