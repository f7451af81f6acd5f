using System;
using System.Collections.Generic;

namespace FastRun.Engine.Volumes;

/// <summary>What <c>volume.json</c> says of a named volume. It is written once and never changed.</summary>
internal sealed record VolumeRecord
{
    internal const int CurrentSchema = 1;

    /// <summary>The version of this form.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The volume's name.</summary>
    public required string Name { get; init; }

    /// <summary>The driver, always <c>local</c>.</summary>
    public string Driver { get; init; } = "local";

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The local driver's options; none for a directory of ours.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
