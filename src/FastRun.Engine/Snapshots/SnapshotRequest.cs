using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Engine.Snapshots;

/// <summary>What a snapshot is to be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sandbox">What prepares it; its image is what the snapshot is made from.</param>
public sealed record SnapshotRequest(string Name, ContainerCreateRequest Sandbox)
{
    /// <summary>Mounts whose contents become part of it: the path of a tmpfs or a volume, or the name of a volume.</summary>
    public IReadOnlyList<string> Includes { get; init; } = [];

    /// <summary>Instructions of a Dockerfile that change how it runs.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Why it was made.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether a snapshot of this name gives way.</summary>
    public bool Replace { get; init; }
}
