using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>What a pull brought.</summary>
/// <param name="Reference">What was asked for.</param>
/// <param name="Digest">What the registry calls it.</param>
/// <param name="IsNew">Whether the name meant something else, or nothing, before.</param>
public sealed record PullResult(ImageReference Reference, Digest Digest, bool IsNew);
