using System.Collections.Generic;
using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>What a check of the store found and did.</summary>
/// <param name="Images">How many images there were.</param>
/// <param name="Layers">How many layers there were, used or not.</param>
/// <param name="Repaired">The images that were pulled again.</param>
/// <param name="Damages">What else is wrong, or has been removed.</param>
public sealed record StoreCheck(
    int Images, int Layers, IReadOnlyList<RepairedImage> Repaired, IReadOnlyList<StoreDamage> Damages);
