using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline.Compression;

namespace FastRun.Layers.Images.Pushing;

/// <summary>How an image is pushed.</summary>
public sealed record PushOptions
{
    /// <summary>What it must be built for: then only that platform's manifest is pushed. Null for whatever is there.</summary>
    public Platform? Platform { get; init; }

    /// <summary>How layers are compressed that have to be compressed here.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Default;

    /// <summary>Whether the manifest gets no name but its digest: it is to be a list's member.</summary>
    public bool OnlyByDigest { get; init; }

    /// <summary>What the manifest is annotated with; where there is something, it is a new manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether layers that exist in another compression are compressed here, too.</summary>
    public bool ForceCompression { get; init; }
}
