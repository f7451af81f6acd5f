using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>What an image is to be that is made of a container (Engine API, ImageCommit).</summary>
public sealed record CommitRequest
{
    /// <summary>The image's name, with or without a tag; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>Who made it.</summary>
    public string Author { get; init; } = "";

    /// <summary>Why.</summary>
    public string Message { get; init; } = "";

    /// <summary>Instructions of a Dockerfile that change how it runs.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>
    /// A configuration that comes before the container's own, field by field (Engine API, ImageCommit); null for none.
    /// </summary>
    public ContainerConfig? Config { get; init; }

    /// <summary>Whether a container that runs stands still while its files are copied.</summary>
    public bool Pause { get; init; } = true;
}
