using System;
using System.Collections.Generic;
using FastRun.Layers.Pipeline.Compression;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>One <c>--cache-to</c> or <c>--cache-from</c>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Place">The reference of a registry, or the absolute path of a directory; empty for <see cref="CacheKind.Inline"/>.</param>
public sealed record CacheLocation(CacheKind Kind, string Place)
{
    /// <summary>Whether the steps of all stages are exported (<c>mode=max</c>), or only those of the image.</summary>
    public bool All { get; init; }

    /// <summary>How layers are compressed that are not there yet.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Default;

    /// <summary>Whether layers that are there in another compression are compressed anew.</summary>
    public bool ForceCompression { get; init; }

    /// <summary>The ids of the cache mounts that go along.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>How long nothing may happen before it is given up.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What messages call it, and what tells it from others: where the records of a build came from.</summary>
    public string Name => $"{Kind.ToString().ToLowerInvariant()} {Place}";
}
