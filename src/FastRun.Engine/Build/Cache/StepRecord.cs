using System;

namespace FastRun.Engine.Build.Cache;

/// <summary>What a step of a build has made: <c>build-cache/steps/&lt;key&gt;</c>.</summary>
internal sealed record StepRecord
{
    /// <summary>The form that this release writes.</summary>
    internal const int CurrentSchema = 1;

    /// <summary>The record's form.</summary>
    internal int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The layer that it made, by its local id; null where it changed nothing.</summary>
    internal string? Layer { get; init; }

    /// <summary>What the step is called.</summary>
    internal required string Description { get; init; }

    /// <summary>When it was made.</summary>
    internal required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long it took.</summary>
    internal TimeSpan Took { get; init; }
}
