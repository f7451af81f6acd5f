using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Lists;

/// <summary>A manifest that is a member of a list.</summary>
/// <param name="Reference">By what name it was given.</param>
/// <param name="MediaType">OCI's or Docker's.</param>
/// <param name="Digest">The manifest's digest.</param>
/// <param name="Bytes">The manifest as its registry gave it.</param>
/// <param name="Platform">What it is for.</param>
public sealed record ListedManifest(
    ImageReference Reference, string MediaType, Digest Digest, ReadOnlyMemory<byte> Bytes, ListedPlatform Platform)
{
    /// <summary>
    /// The image of this machine that it describes, where it was built here: its manifest is that of uncompressed layers until it is
    /// pushed. Null for one that a registry has.
    /// </summary>
    public Digest? ImageId { get; init; }

    /// <summary>What its descriptor in the index is annotated with.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
