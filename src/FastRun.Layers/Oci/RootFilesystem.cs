using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Layers.Oci;

/// <summary>What an image's tree is made of (OCI image-spec, config, "rootfs").</summary>
public sealed record RootFilesystem
{
    /// <summary>Always <c>layers</c>.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The layers' uncompressed digests as written, bottom first.</summary>
    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<string>? DiffIds { get; init; }
}
