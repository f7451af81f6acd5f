using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>All that is known of an image.</summary>
public sealed record ImageDetails
{
    /// <summary>The launch record.</summary>
    public required LaunchRecord Record { get; init; }

    /// <summary>The config.</summary>
    public required ImageConfig Config { get; init; }

    /// <summary>The config as received.</summary>
    public required byte[] ConfigBytes { get; init; }

    /// <summary>The names with a tag, as users write them.</summary>
    public required IReadOnlyList<string> RepoTags { get; init; }

    /// <summary>The names with a digest, as users write them.</summary>
    public required IReadOnlyList<string> RepoDigests { get; init; }

    /// <summary>The manifests that led to this image.</summary>
    public required IReadOnlyList<Digest> ManifestDigests { get; init; }
}
