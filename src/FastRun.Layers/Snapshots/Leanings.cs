using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Layers.Snapshots;

/// <summary>Where a tar, unpacked on its own, may have come out otherwise than on top of other layers.</summary>
internal sealed record Leanings
{
    /// <summary>Directories that have no entry; a directory below would lend its owner, mode and times, a symbolic link would lead elsewhere.</summary>
    public IReadOnlyList<string> ImplicitParents { get; init; } = [];

    /// <summary>Directories whose entry came after entries in them; only a symbolic link below matters.</summary>
    public IReadOnlyList<string> LateParents { get; init; } = [];

    /// <summary>Names of hard links whose target the tar does not have.</summary>
    public IReadOnlyList<string> OpenHardLinks { get; init; } = [];

    /// <summary>Directories with whiteouts; in a directory that no layer below has, overlayfs would list them.</summary>
    public IReadOnlyList<string> WhiteoutParents { get; init; } = [];

    /// <summary>Whether the tar stands on its own.</summary>
    [JsonIgnore]
    public bool IsEmpty =>
        ImplicitParents.Count == 0 && LateParents.Count == 0 && OpenHardLinks.Count == 0 && WhiteoutParents.Count == 0;
}
