using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// The tar that a layer of the store came from, bit for bit, made again from the layer's files and its tar-index. Whoever uses it
/// keeps the layer from being removed: by the lease of an image that has it, or <see cref="LayerStore.Lock"/> shared.
/// </summary>
public sealed class LayerTar
{
    private readonly LayerStore _store;
    private readonly LayerRecord _record;

    /// <summary>The tar of a layer.</summary>
    /// <param name="store">Where the layer is.</param>
    /// <param name="localId">Which.</param>
    /// <exception cref="LayerException">There is no such layer.</exception>
    public LayerTar(LayerStore store, string localId)
    {
        (_store, LocalId) = (store, localId);
        _record = store.ReadExisting(localId);
        DiffId = Digest.Parse(_record.DiffId);
    }

    /// <summary>The layer's local id.</summary>
    public string LocalId { get; }

    /// <summary>The tar's digest.</summary>
    public Digest DiffId { get; }

    /// <summary>The tar's length in bytes; what <see cref="Open"/> gives is never longer, and ends with no other.</summary>
    public long Size => _record.TarSize;

    /// <summary>
    /// Opens the tar from its beginning. Memory is bound to 2 MiB. The stream's last read, which gives no bytes, is where the
    /// digest is compared: what came before is the tar only if that read does not throw <see cref="LayerException"/>, which names
    /// the layer and the first file that is found to be changed, where that can be told.
    /// </summary>
    /// <exception cref="LayerException">It cannot be made.</exception>
    public Stream Open() => new LayerTarStream(_store.Layout.Layer(LocalId), _record);

    /// <summary>Writes the whole tar, without copying it in between.</summary>
    /// <exception cref="LayerException">What was written is not the tar.</exception>
    public void WriteTo(Stream destination)
    {
        using Stream tar = Open();
        tar.CopyTo(destination);
    }
}
