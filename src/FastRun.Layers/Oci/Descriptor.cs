using System.Collections.Generic;

namespace FastRun.Layers.Oci;

/// <summary>A reference to content (OCI image-spec, descriptor).</summary>
/// <param name="MediaType">What the content is.</param>
/// <param name="Digest">Which bytes they must be.</param>
/// <param name="Size">How many bytes they must be.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>();

    /// <summary>In an index: what the manifest's image was built for, if it says.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The annotations; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = s_none;

    /// <summary>Where else the content may be had, for what a registry need not have; as stated, not checked.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>What else the content is, for what is not an image (OCI 1.1); null for images.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Whether it belongs to another manifest instead of being an image: attestations of BuildKit.</summary>
    public bool IsAttestation => Annotations.ContainsKey("vnd.docker.reference.type");
}
