using System.Collections.Generic;
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

    /// <summary>Local ids of its layers, topmost first; none for <c>scratch</c>.</summary>
    internal IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The base image's layers, bottom first, by their diffIDs.</summary>
    internal IReadOnlyList<string> BaseDiffIds { get; init; } = [];

    /// <summary>The layers that the build made, bottom first, by their local ids.</summary>
    internal IReadOnlyList<string> Made { get; init; } = [];

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

    /// <summary>The same with one more layer on top; null for a step that changed no file.</summary>
    internal BuildState With(string? layer, string treeKey) => layer is null
        ? this with { TreeKey = treeKey }
        : this with { Layers = [layer, .. Layers], Made = [.. Made, layer], TreeKey = treeKey };

    /// <summary>The same with one more line of history.</summary>
    internal BuildState With(HistoryEntry entry) => this with { History = [.. History, entry] };
}
