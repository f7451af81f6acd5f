using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Engine.Containers.Records;

/// <summary>
/// What a container is: <c>containers/&lt;id&gt;/config.json</c>. Its presence makes a directory there a container's; one
/// without it is a sandbox's.
/// </summary>
public sealed record ContainerRecord
{
    internal const int CurrentSchema = 1;

    /// <summary>The form of the record.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>64 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, without Docker's slash.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What was asked for.</summary>
    public required ContainerCreateRequest Request { get; init; }

    /// <summary>The image's id, <c>sha256:...</c>; empty for the image <c>host</c>.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>
    /// Local ids of the layers that were its upper directory until it was committed, topmost first: they lie between the image's and
    /// the upper that it has now.
    /// </summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The command line that it runs: what the request and the image's config make of Entrypoint and Cmd.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether nobody but its own process needs it after it ends, so that none of its records must reach the disk.</summary>
    internal bool IsTransient => Request.AutoRemove;
}
