using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>How an image is pushed.</summary>
public sealed record PushRequest
{
    /// <summary>Which platform's image alone; null for whatever is here.</summary>
    public Platform? Platform { get; init; }

    /// <summary><c>gzip</c> or <c>zstd</c>, with <c>:LEVEL</c> or without; null for what the configuration says, else gzip.</summary>
    public string? Compression { get; init; }

    /// <summary>What the documents are annotated with; a manifest for which there is something is a new one.</summary>
    public IReadOnlyList<ImageAnnotation> Annotations { get; init; } = [];

    /// <summary>Whether layers that exist in another compression are compressed too.</summary>
    public bool ForceCompression { get; init; }
}
