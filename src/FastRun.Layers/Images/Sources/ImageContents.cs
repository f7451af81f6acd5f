using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;

namespace FastRun.Layers.Images.Sources;

/// <summary>What an image is made of; documents verified, layers not yet.</summary>
/// <param name="Manifest">The manifest as received; null where there is none.</param>
/// <param name="ConfigBytes">The config as received.</param>
/// <param name="Config">The config.</param>
/// <param name="ImageId">The config's digest.</param>
/// <param name="Layers">The layers, bottom first.</param>
internal sealed record ImageContents(
    ReadOnlyMemory<byte>? Manifest,
    ReadOnlyMemory<byte> ConfigBytes,
    ImageConfig Config,
    Digest ImageId,
    IReadOnlyList<LayerSource> Layers)
{
    /// <summary>The index that led to the manifest, as received; null where there was none.</summary>
    internal ReadOnlyMemory<byte>? Index { get; init; }
}
