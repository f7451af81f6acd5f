using System;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Pushing;

/// <summary>An image that a registry has now.</summary>
/// <param name="Reference">The name that it has there.</param>
/// <param name="ImageId">The image.</param>
/// <param name="Digest">The digest of what the name means there.</param>
/// <param name="Size">Bytes of that document.</param>
public sealed record PushedImage(ImageReference Reference, Digest ImageId, Digest Digest, long Size)
{
    /// <summary>The manifest that the image came by, where another one had to be written since layers were compressed here.</summary>
    public Digest? Replaced { get; init; }

    /// <summary>The image's manifest, where that is what was pushed.</summary>
    public ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>The index that led to the image here, where only this platform's manifest could be pushed.</summary>
    public Digest? LeftIndex { get; init; }
}
