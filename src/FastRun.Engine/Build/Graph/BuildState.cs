using System.Collections.Generic;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Graph;

/// <summary>What a stage is after an instruction: what the next one builds on. Never changed.</summary>
internal sealed record BuildState
{
    /// <summary>For what it is.</summary>
    internal required Platform Platform { get; init; }

    /// <summary>
    /// The key of its file system: two states with the same key have the same files. It depends on what made them and not on the
    /// settings of the image.
    /// </summary>
    internal required string TreeKey { get; init; }

    /// <summary>Local ids of the base image's layers, topmost first; none for <c>scratch</c>.</summary>
    internal IReadOnlyList<string> BaseLayers { get; init; } = [];

    /// <summary>
    /// Local ids of all its layers, topmost first. What a cache from elsewhere has is fetched by asking for this; where that fails, its
    /// steps are done.
    /// </summary>
    internal IReadOnlyList<string> Layers => LayerStack.Of(BaseLayers, Made);

    /// <summary>The caches of others that something of it came from (<see cref="CacheOrigins"/>).</summary>
    internal string Origins { get; init; } = CacheOrigins.Here;

    /// <summary>The base image's layers, bottom first, by their diffIDs.</summary>
    internal IReadOnlyList<string> BaseDiffIds { get; init; } = [];

    /// <summary>The layers that the build made, bottom first.</summary>
    internal IReadOnlyList<StepLayer> Made { get; init; } = [];

    /// <summary>The settings.</summary>
    internal required ContainerConfig Config { get; init; }

    /// <summary>How it came to be, oldest first. What has no time yet gets that of its neighbours.</summary>
    internal IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>Who made it; null where nobody says.</summary>
    internal string? Author { get; init; }

    /// <summary>The operating system's version that the base image states.</summary>
    internal string? OsVersion { get; init; }

    /// <summary>When the base image was made; null for <c>scratch</c>.</summary>
    internal string? BaseCreated { get; init; }

    /// <summary>The same after a step.</summary>
    internal BuildState With(StepOutcome step, string treeKey) => this with
    {
        Made = step.Layer is null ? Made : [.. Made, step.Layer],
        TreeKey = treeKey,
        Origins = CacheOrigins.Union(Origins, step.Origins),
    };

    /// <summary>The same with one more line of history.</summary>
    internal BuildState With(HistoryEntry entry) => this with { History = [.. History, entry] };
}
