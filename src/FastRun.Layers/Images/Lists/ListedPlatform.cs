using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images.Lists;

/// <summary>What a manifest of a list is for (OCI image-spec, image-index, "platform"), as its config or an annotation says.</summary>
/// <param name="Os">For example <c>linux</c>.</param>
/// <param name="Architecture">For example <c>arm64</c>.</param>
public sealed record ListedPlatform(string Os, string Architecture)
{
    /// <summary>For example <c>v7</c>; null for none.</summary>
    public string? Variant { get; init; }

    /// <summary>Of Windows; null for none.</summary>
    public string? OsVersion { get; init; }

    /// <summary>What the system must have; empty for nothing.</summary>
    public IReadOnlyList<string> OsFeatures { get; init; } = [];

    /// <summary>What one that was built here was built for.</summary>
    public Platform Built => new(Os, Architecture, Variant);
}
