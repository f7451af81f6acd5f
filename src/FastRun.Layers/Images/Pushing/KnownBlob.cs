using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images.Pushing;

/// <summary>A layer's blob, as a manifest in the store describes it, and the repositories that have or had that manifest.</summary>
/// <param name="Blob">The blob.</param>
/// <param name="Places">Registry and repository of each.</param>
internal sealed record KnownBlob(Descriptor Blob, List<(string Registry, string Repository)> Places);
