using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Images;

/// <summary>
/// The layers of an image by their diffIDs, as its config lists them. The launch record lists them otherwise: topmost first, each
/// once, and none that an opaque root hides. Whoever uses this holds the image's lease.
/// </summary>
public sealed class ImageLayers
{
    private readonly Dictionary<Digest, LayerTar> _tars = [];

    /// <summary>Looks at the records of an image's layers.</summary>
    /// <exception cref="LayerException">One is missing.</exception>
    public ImageLayers(StateLayout layout, LaunchRecord image)
    {
        LayerStore store = new(layout);
        foreach (string localId in image.LayerIds)
        {
            LayerTar tar = new(store, localId);
            _tars.TryAdd(tar.DiffId, tar);
        }
    }

    /// <summary>The tar with a digest; null where the image does not keep it.</summary>
    public LayerTar? TryFind(Digest diffId) => _tars.GetValueOrDefault(diffId);

    /// <summary>The tar with a digest.</summary>
    /// <exception cref="LayerException">The image does not keep it.</exception>
    public LayerTar Find(Digest diffId) => TryFind(diffId) ?? throw new LayerException(
        LayerErrorKind.Io, $"layer {diffId} cannot be made again: it is not kept, since a layer above hides all of it");
}
