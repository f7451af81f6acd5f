using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>An image that is made here: of a container, of a tar, of a build.</summary>
public sealed record LocalImage
{
    /// <summary>
    /// The config. Its diff_ids are those of all layers, bottom first; of a layer that has no tar yet
    /// <see cref="Snapshots.LayerStore.PlaceholderOf"/>.
    /// </summary>
    public required ImageConfig Config { get; init; }

    /// <summary>Local ids of the layers, topmost first, as overlayfs takes them. At least one.</summary>
    public required IReadOnlyList<string> LayerIds { get; init; }

    /// <summary>The name that it gets; null for none.</summary>
    public ImageReference? Name { get; init; }

    /// <summary>Whether a layer has no tar yet.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>Whether the layers lie on the machine's own root.</summary>
    public bool IsOnHost { get; init; }
}
