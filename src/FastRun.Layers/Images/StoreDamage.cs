using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>One thing in the store that cannot be used.</summary>
/// <param name="Subject">The names of an image, its id where it has none; or a layer that no image uses.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Removed">Whether it has been removed, so that it can be had again.</param>
public sealed record StoreDamage(string Subject, string Reason, bool Removed = false)
{
    /// <summary>The image; null for a layer.</summary>
    public Digest? ImageId { get; init; }

    /// <summary>The local ids of the image's layers whose content is not what it was; those that are missing are not listed.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];
}
