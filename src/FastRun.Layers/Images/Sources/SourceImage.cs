using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Sources;

/// <summary>One image of a layout or archive, chosen but not yet read.</summary>
internal sealed class SourceImage
{
    /// <summary>The names that it gets in the store; the first one is the one it was asked for by.</summary>
    internal required IReadOnlyList<ImageReference> Names { get; init; }

    /// <summary>The manifest's digest; null in a docker-archive, which has no manifest in this sense.</summary>
    internal Digest? ManifestDigest { get; init; }

    /// <summary>The digest of the index that led to the manifest, where that is what the image's names mean; else null.</summary>
    internal Digest? IndexDigest { get; init; }

    /// <summary>The config's digest where it is known without reading the manifest.</summary>
    internal Digest? ImageId { get; init; }

    /// <summary>Reads and verifies manifest and config.</summary>
    internal required Func<ImageContents> Read { get; init; }
}
