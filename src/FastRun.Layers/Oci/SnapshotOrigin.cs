using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Layers.Oci;

/// <summary>How a snapshot was made, as its config tells.</summary>
public sealed record SnapshotOrigin
{
    /// <summary>What it was made from, as the user wrote it.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>The id that this had then; null for the machine's own root.</summary>
    [JsonPropertyName("parent")]
    public string? Parent { get; init; }

    /// <summary>The command that prepared it.</summary>
    [JsonPropertyName("command")]
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The mounts whose contents are part of it.</summary>
    [JsonPropertyName("includes")]
    public IReadOnlyList<string>? Includes { get; init; }
}
