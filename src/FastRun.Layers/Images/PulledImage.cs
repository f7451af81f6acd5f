using System;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>An image as a registry has it now, held in the store.</summary>
/// <param name="Lease">The image, which the caller releases.</param>
/// <param name="Reference">What was asked for.</param>
/// <param name="Digest">What the registry calls it: the digest of its index, or of its manifest where it has no index.</param>
/// <param name="IsNew">Whether the name meant something else, or nothing, before.</param>
public sealed record PulledImage(ImageLease Lease, ImageReference Reference, Digest Digest, bool IsNew) : IDisposable
{
    /// <summary>Lets the image go.</summary>
    public void Dispose() => Lease.Dispose();
}
