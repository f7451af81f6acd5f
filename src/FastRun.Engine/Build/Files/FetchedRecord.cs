using FastRun.Layers.Registry;

namespace FastRun.Engine.Build.Files;

/// <summary>What ADD knows of something that it fetched: <c>build-cache/fetched/&lt;sha256 of where from&gt;</c>.</summary>
internal sealed record FetchedRecord
{
    /// <summary>The form that this release writes.</summary>
    internal const int CurrentSchema = 1;

    /// <summary>The record's form.</summary>
    internal int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The digest of the file, or of the selected files of a commit.</summary>
    internal required string Digest { get; init; }

    /// <summary>When it was changed last, in seconds since 1970.</summary>
    internal long Modified { get; init; }

    /// <summary>By what a server knows it again.</summary>
    internal DownloadValidators Validators { get; init; } = new(null, null);
}
