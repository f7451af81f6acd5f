using System.Collections.Generic;
using FastRun.Layers.Images;

namespace FastRun.Engine.Images;

/// <summary>What a prune of images did.</summary>
/// <param name="Removals">Each image's names and id.</param>
/// <param name="Bytes">What the layers occupied that no other image has.</param>
public sealed record PrunedImages(IReadOnlyList<ImageRemoval> Removals, long Bytes);
