using System;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>One line of the list of images: a name, or an image without one.</summary>
public sealed record ImageSummary
{
    /// <summary>The image id.</summary>
    public required Digest Id { get; init; }

    /// <summary>The repository as users write it; null for an image without a name.</summary>
    public string? Repository { get; init; }

    /// <summary>The tag; null where the image is only known by its digest or id.</summary>
    public string? Tag { get; init; }

    /// <summary>The manifest's digest; null for an image that never had a manifest.</summary>
    public Digest? ManifestDigest { get; init; }

    /// <summary>When the image was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The bytes of its files.</summary>
    public required long Size { get; init; }

    /// <summary>What it was built for.</summary>
    public required Platform Platform { get; init; }
}
