using System.Collections.Generic;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>
/// What builds exchange: which step made which layer. The config of a manifest whose layers are the steps' and then the mounts', or of
/// the image itself, whose layers then are meant. Another machine's word for it: docs/security.md.
/// </summary>
internal sealed record CacheDocument
{
    /// <summary>The form that this release writes and reads.</summary>
    internal const int CurrentSchema = 1;

    /// <summary>The media type of the config.</summary>
    internal const string MediaType = "application/vnd.fastrun.buildcache.v1+json";

    /// <summary>The media type of what BuildKit exports, whose keys mean nothing here.</summary>
    internal const string BuildKitMediaType = "application/vnd.buildkit.cacheconfig.v0";

    /// <summary>The document's form.</summary>
    internal int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The steps, by the order of their keys.</summary>
    internal IReadOnlyList<CachedStep> Steps { get; init; } = [];

    /// <summary>The diffIDs of the layers; null where the image says them.</summary>
    internal IReadOnlyList<string>? Layers { get; init; }

    /// <summary>The cache mounts.</summary>
    internal IReadOnlyList<CachedMount> Mounts { get; init; } = [];
}
