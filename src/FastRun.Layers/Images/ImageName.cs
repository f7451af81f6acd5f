using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>One name in the store.</summary>
/// <param name="Reference">A repository with a tag, or with a digest.</param>
/// <param name="Manifest">The manifest it leads to; null for images that never had one.</param>
/// <param name="ImageIdHex">The record it leads to, which may be gone; empty where the way there is broken.</param>
internal sealed record ImageName(ImageReference Reference, Digest? Manifest, string ImageIdHex);
