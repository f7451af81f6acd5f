using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Snapshots;

/// <summary><c>layer.json</c>: what is known of an unpacked layer. Paths are spelt by <see cref="LayerPath.ToText"/>.</summary>
internal sealed record LayerRecord
{
    /// <summary>The schema that this version writes and reads.</summary>
    internal const int CurrentSchema = 1;

    /// <summary>The schema of this file.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The digest of the uncompressed tar; what stands for it while the layer is <see cref="Pending"/>.</summary>
    public required string DiffId { get; init; }

    /// <summary>Whether the tree was written here and no tar was made of it yet: then sizes are not known either.</summary>
    public bool Pending { get; init; }

    /// <summary>Bytes of the uncompressed tar.</summary>
    public required long TarSize { get; init; }

    /// <summary>Bytes of the regular files.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Entries of the tar.</summary>
    public required int Entries { get; init; }

    /// <summary>The boot that it was committed in.</summary>
    public required Guid BootId { get; init; }

    /// <summary>Whether it is known to be on disk.</summary>
    public required bool Durable { get; init; }

    /// <summary>For a variant, the key of the layers below that it was made for.</summary>
    public string? VariantKey { get; init; }

    /// <summary>The root is opaque: no layer below shows through.</summary>
    public bool RootOpaque { get; init; }

    /// <summary>What the tar leans on in the layers below; empty for a variant, which has it resolved.</summary>
    public Leanings Leanings { get; init; } = new();

    /// <summary>What was replaced by a later entry of the same tar and is kept for the sake of its bytes.</summary>
    public IReadOnlyList<Relocation> Relocations { get; init; } = [];

    /// <summary>Whether every field holds what such a field may hold; a damaged disk can make any JSON of a record.</summary>
    [JsonIgnore]
    public bool IsSound =>
        Digest.TryParse(DiffId, out _)
        && TarSize >= 0
        && FileBytes >= 0
        && Leanings is { ImplicitParents: { } parents, LateParents: { } late, OpenHardLinks: { } links, WhiteoutParents: { } whiteouts }
        && Relocations is not null
        && parents.Concat(late).Concat(links).Concat(whiteouts).All(LayerPath.IsText)
        && Relocations.All(static moved => moved is not null && LayerPath.IsText(moved.Path) && LayerPath.IsText(moved.Kept));
}
