using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Archives;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>
/// Images that are made here (docs/adr/0019-images-before-their-ids.md). One whose layers have no tars yet is provisional: it has its name,
/// runs like any other, and has an id that nobody was told. It becomes another image, with the id that stays, by <see cref="Settle"/>.
/// </content>
public sealed partial class ImageStore
{
    private const int SettledDirectoryMode = 0x1C0;

    /// <summary>
    /// Puts an image that was made here into the store, not yet on the disk. The caller has held <see cref="LayerStore.Lock"/> shared
    /// since before its layers were made.
    /// </summary>
    /// <exception cref="CorruptContentException">Its settings are none that an image can have.</exception>
    public ImageLease Add(LocalImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(image.Config, OciJsonContext.Default.ImageConfig);
        Digest id = Digest.FromSha256(SHA256.HashData(json));
        ImageConfig config = ImageConfig.Parse(json, $"config {id}");
        LayerStore layers = new(_layout);
        LaunchRecord record = ConfiguredLaunch.Of(id, config, image.LayerIds, image.LayerIds.Sum(layers.UnpackedSize)) with
        {
            IsProvisional = image.IsProvisional,
            IsOnHost = image.IsOnHost,
        };
        new ContentStore(_layout).Write(id, json, durable: false);
        using (_names.Lock())
        {
            ImageLease lease = WriteLeased(record);
            if (image.Name is { } name)
            {
                _names.Link(name, id, manifest: null, index: null, durable: false);
            }

            return lease;
        }
    }

    /// <summary>
    /// The image that a provisional one becomes: the tars of its layers are made for their digests, all names move to the new id, and
    /// the provisional one goes unless somebody uses it. Any other image is leased as it is.
    /// </summary>
    /// <param name="imageId">The image.</param>
    /// <param name="waiting">Called where layers are being collected, which is waited for.</param>
    /// <param name="cancellation">Ends it: the provisional image stays.</param>
    /// <exception cref="ImageNotFoundException">It is gone.</exception>
    /// <exception cref="LayerException">A layer cannot be one of an image, or the layers are not all of it.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ImageLease Settle(Digest imageId, Action? waiting = null, CancellationToken cancellation = default)
    {
        ImageLease? provisional = Lease(imageId);
        if (!provisional.Record.IsProvisional)
        {
            return provisional;
        }

        ImageLease settled;
        using (provisional)
        {
            RequireWhole(provisional.Record);
            LayerStore layers = new(_layout);
            using FileLock keep = layers.Lock(FileLockMode.Shared, waiting ?? (static () => { }), cancellation);
            ImageConfig config = WithDiffIds(layers, provisional.Record, cancellation);
            using (ImageLease lease = Add(new LocalImage { Config = config, LayerIds = provisional.Record.LayerIds }))
            {
                if (provisional.IsDurable)
                {
                    // A name that a power cut could not take leads to nothing that it could.
                    lease.MakeDurable();
                }

                using (_names.Lock())
                {
                    NoteSettled(imageId, lease.Record.ImageId);
                    foreach (ImageName name in _names.All().FindAll(name => name.ImageIdHex == imageId.Hex))
                    {
                        _names.Link(name.Reference, lease.Record.ImageId, manifest: null, index: null, durable: provisional.IsDurable);
                    }

                    settled = Lease(lease.Record.ImageId);
                }
            }
        }

        RemoveUnnamed(imageId);
        return settled;
    }

    /// <summary>
    /// Takes back a provisional image that cannot become what it was to be: its name means again what it meant before.
    /// </summary>
    /// <param name="imageId">The provisional image, which the caller holds no longer.</param>
    /// <param name="name">The name that it got; null for none.</param>
    /// <param name="before">What <see cref="TargetOf"/> gave before.</param>
    public void TakeBack(Digest imageId, ImageReference? name, string? before)
    {
        using (_names.Lock())
        {
            if (name is not null && _names.Find(name)?.ImageIdHex == imageId.Hex)
            {
                _names.Restore(name, before);
            }
        }

        RemoveUnnamed(imageId);
        TryCollectLayers();
    }

    /// <summary>
    /// The id that an image has by now: where it was provisional, and has become another one while a container uses it, that one's.
    /// </summary>
    /// <param name="layout">Where the images are.</param>
    /// <param name="imageId">The id that was written down.</param>
    public static Digest SettledId(StateLayout layout, Digest imageId)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return FileAt.TryReadLink(null, Path.Combine(layout.SettledImages, imageId.Hex), out byte[] target) == Errno.None
            && Digest.TryParse(Encoding.UTF8.GetString(target), out Digest settled)
            ? settled
            : imageId;
    }

    /// <summary>What a name leads to now, for <see cref="TakeBack"/>; null for nothing.</summary>
    public string? TargetOf(ImageReference name) => _names.TargetOf(name);

    /// <summary>Deletes the layers that nobody uses any more, unless someone is loading: then they are left to the next collection.</summary>
    public void CollectLayers() => TryCollectLayers();

    /// <summary>Removes a provisional image that has no name and no user: nobody can ask for it.</summary>
    public void RemoveUnnamed(Digest imageId)
    {
        using FileLock held = _names.Lock();
        if (!_names.All().Exists(name => name.ImageIdHex == imageId.Hex))
        {
            TryDrop(imageId.Hex, [], imageId.Hex);
        }
    }

    private ImageConfig WithDiffIds(LayerStore layers, LaunchRecord record, CancellationToken cancellation)
    {
        byte[] json = new ContentStore(_layout).TryRead(record.ImageId)
            ?? throw new CorruptContentException($"config {record.ImageId}", "missing from the store");
        ImageConfig config = ImageConfig.Parse(json, $"config {record.ImageId}");
        HashSet<string> wanted = [.. config.DiffIds.Select(static diffId => diffId.ToString())];
        List<string> local = [.. record.LayerIds.Where(id => wanted.Contains(LayerStore.PlaceholderOf(id).ToString()))];
        Digest[] diffIds = new Digest[local.Count];

        // SHA-256 of one layer is one thread's work; several layers are as many threads'.
        try
        {
            Parallel.For(0, local.Count, i => diffIds[i] = LocalLayers.Settle(layers, local[i], cancellation));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        Dictionary<string, string> settled = [];
        for (int i = 0; i < local.Count; i++)
        {
            settled.Add(LayerStore.PlaceholderOf(local[i]).ToString(), diffIds[i].ToString());
        }

        return config with
        {
            Rootfs = new RootFilesystem
            {
                Type = "layers",
                DiffIds = [.. config.DiffIds.Select(diffId => settled.GetValueOrDefault(diffId.ToString(), diffId.ToString()))],
            },
        };
    }

    private ImageLease Lease(Digest imageId) =>
        _records.TryLease(_layout.ImageRecord(imageId), out RecordState state) ?? throw Missing(imageId.ToString(), state);

    /// <summary>Writes a record, or leases the same image where it is there. The caller holds <see cref="StateLayout.ImagesLock"/>.</summary>
    private ImageLease WriteLeased(LaunchRecord record)
    {
        string path = _layout.ImageRecord(record.ImageId);
        if (_records.TryLease(path, out _) is { } there)
        {
            return there;
        }

        _records.Write(record);
        return _records.TryLease(path, out RecordState state)
            ?? throw new CorruptContentException($"image {record.ImageId}", $"its record cannot be read back: {state}");
    }

    /// <summary>
    /// Tells what a provisional image has become, for as long as it stays. The caller holds <see cref="StateLayout.ImagesLock"/>; the
    /// link comes to the disk with the image.
    /// </summary>
    private void NoteSettled(Digest provisional, Digest settled)
    {
        FileAt.MakeDirectories(null, _layout.SettledImages, SettledDirectoryMode);
        AtomicLink.WriteVolatile(Path.Combine(_layout.SettledImages, provisional.Hex), settled.ToString());
    }

    /// <summary>Links of provisional images that are gone.</summary>
    private void DropSettledLinks()
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, _layout.SettledImages))
        {
            if (FileAt.TryStat(null, Path.Combine(_layout.ImageIds, entry.Text), out _) == Errno.ENOENT)
            {
                FileAt.TryUnlink(null, Path.Combine(_layout.SettledImages, entry.Text));
            }
        }
    }

    /// <summary>Provisional images that no name leads to: a killed commit's, or one that has its final id by now.</summary>
    private void DropUnnamedProvisional()
    {
        List<ImageName> names = _names.All();
        foreach (string imageId in _records.All().ToList())
        {
            if (_records.TryRead(imageId, out _) is { IsProvisional: true } && !names.Exists(name => name.ImageIdHex == imageId))
            {
                TryDrop(imageId, [], imageId);
            }
        }
    }
}
