using System.Collections.Generic;
using FastRun.Layers.Images.Lists;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Images;

/// <summary>What a build has made.</summary>
/// <param name="Id">The image's id, or the index's digest.</param>
/// <param name="List">The index where it was built for several platforms; null for an image.</param>
/// <param name="Images">The images, in the order of the platforms that were asked for.</param>
internal sealed record BuiltResult(Digest Id, ManifestList? List, IReadOnlyList<Digest> Images);
