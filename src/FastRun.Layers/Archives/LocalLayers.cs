using System;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Archives;

/// <summary>Layers that were written here, from trees to tars.</summary>
public static class LocalLayers
{
    /// <summary>
    /// Makes sure that the tar of a layer can be made, and tells its digest. The caller holds the store's lock shared.
    /// </summary>
    /// <param name="store">Where the layer is.</param>
    /// <param name="localId">The layer.</param>
    /// <param name="cancellation">Ends it early: nothing of it stays.</param>
    /// <returns>Its diffID.</returns>
    /// <exception cref="LayerException">It is not there, or holds what no tar of a layer can.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static Digest Settle(LayerStore store, string localId, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.Settle(localId, (layer, index) => UpperTar.Make(layer, index, cancellation), cancellation);
    }
}
