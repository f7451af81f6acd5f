using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>What an image is to be that is made of a tar (Engine API, ImageCreate with <c>fromSrc</c>).</summary>
public sealed record ImportRequest
{
    /// <summary>The tar: a file, <c>-</c> for standard input, or a URL of http or https.</summary>
    public required string Source { get; init; }

    /// <summary>The image's name, with or without a tag; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>Why; empty says where it came from.</summary>
    public string Message { get; init; } = "";

    /// <summary>Instructions of a Dockerfile that say how it runs.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>What it is built for; null for this host.</summary>
    public Platform? Platform { get; init; }
}
