using System.Collections.Generic;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>An image that goes into an archive.</summary>
/// <param name="Lease">The image.</param>
/// <param name="Names">The names that it has there, each with a tag; none for one that only its id names.</param>
public sealed record SavedImage(ImageLease Lease, IReadOnlyList<ImageReference> Names)
{
    /// <summary>What its manifest is annotated with.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
