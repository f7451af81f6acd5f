using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Layers.Content;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>Collecting what is left behind.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// Removes images that cannot be used any more, names that lead nowhere, and layers and documents that no image
    /// uses; the latter not while images are being brought, which is waited for a little.
    /// </summary>
    /// <param name="waiting">Called where that must be waited for.</param>
    /// <param name="patience">How long.</param>
    public GarbageReport CollectGarbage(Action waiting, TimeSpan patience)
    {
        LayerStore layers = new(_layout);
        using FileLock? alone = TryLockAlone(layers, waiting, patience);
        List<string> dropped = [];
        int documents = 0;
        using (_names.Lock())
        {
            DropUnnamedProvisional();
            DropSettledLinks();
            DropUnusable(layers, dropped);
            DropUnwrittenNames(dropped);
            Unlink(_names.All().FindAll(name => !_names.IsWhole(name)));
            if (alone is not null)
            {
                RemoveLeftovers();
                documents = CollectDocuments();
            }
        }

        // A damaged record that is still in use hides which layers it needs: then all are kept.
        int collected = alone is not null && UsedLayers() is { } used ? layers.CollectGarbage(used) : 0;
        return new GarbageReport(dropped, collected, documents, IsPartial: alone is null);
    }

    /// <summary>As <see cref="CollectGarbage(Action, TimeSpan)"/>, however long it must be waited for.</summary>
    internal GarbageReport CollectGarbage() => CollectGarbage(static () => { }, Timeout.InfiniteTimeSpan);

    private static FileLock? TryLockAlone(LayerStore layers, Action waiting, TimeSpan patience)
    {
        using CancellationTokenSource late = new(patience);
        try
        {
            return layers.Lock(FileLockMode.Exclusive, waiting, late.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>After a removal: unless someone is loading, in which case the layers are left for the next collection.</summary>
    private void TryCollectLayers()
    {
        using FileLock? alone = FileLock.TryAcquireOrCreate(
            null, _layout.LayersLock, FileLockMode.Exclusive, out _);
        if (alone is null || UsedLayers() is not { } used)
        {
            return;
        }

        using (_names.Lock())
        {
            CollectDocuments();
        }

        new LayerStore(_layout).CollectGarbage(used);
    }

    private void DropUnusable(LayerStore layers, List<string> dropped)
    {
        List<ImageName> names = _names.All();
        foreach (string imageId in _records.All().ToList())
        {
            LaunchRecord? record = _records.TryRead(imageId, out RecordState state);
            if (UnusableBecause(record, state, layers) is { } reason)
            {
                // A sandbox that still runs from it keeps what it has; the next collection comes back to it.
                string called = Called(imageId, names);
                dropped.Add($"{called}: {reason}{(TryDrop(imageId, names, called) ? "" : ", but it is in use: kept")}");
            }
        }
    }

    /// <summary>
    /// A name that an image on the disk was getting when the machine lost power, whose manifest is not there: it can be had again
    /// only by bringing the image again.
    /// </summary>
    private void DropUnwrittenNames(List<string> dropped)
    {
        ContentStore content = new(_layout);
        foreach (ImageName name in _names.All().FindAll(name => name.Manifest is { } manifest && content.IsUnwritten(manifest)))
        {
            _names.Unlink(name.Reference);
            dropped.Add($"{Familiar(name)}: its manifest {LostInAPowerCut}");
        }
    }

    /// <summary>The layers that images have. One whose record cannot be read is left out.</summary>
    public HashSet<string> ImageLayers()
    {
        HashSet<string> layers = [];
        foreach (string imageId in _records.All())
        {
            layers.UnionWith(_records.TryRead(imageId, out _)?.LayerIds ?? []);
        }

        return layers;
    }

    /// <summary>The layers that images and containers use; null where a record cannot be read, so that nobody knows.</summary>
    private HashSet<string>? UsedLayers()
    {
        if (_users.Layers() is not { } containers)
        {
            return null;
        }

        HashSet<string> used = [.. containers];
        foreach (string imageId in _records.All())
        {
            LaunchRecord? record = _records.TryRead(imageId, out RecordState state);
            if (record is not null)
            {
                used.UnionWith(record.LayerIds);
            }
            else if (state != RecordState.Absent)
            {
                return null;
            }
        }

        return used;
    }

    private int CollectDocuments()
    {
        HashSet<string> used = [];
        foreach (string imageId in _records.All())
        {
            used.Add(DigestOf(imageId).ToString());
        }

        foreach (ImageName name in _names.All())
        {
            if (name.Manifest is { } manifest)
            {
                used.Add(manifest.ToString());
            }
        }

        return new ContentStore(_layout).CollectGarbage(used);
    }

    /// <summary>Temporary files of killed commands: nobody writes while both locks are held. Locks that nobody holds.</summary>
    private void RemoveLeftovers()
    {
        foreach (string path in _names.Leftovers())
        {
            FileAt.TryUnlink(null, path);
        }

        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, _layout.ImageLoads))
        {
            string path = Path.Combine(_layout.ImageLoads, entry.Text);
            using FileLock? held = FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out _);
            if (held is not null)
            {
                FileAt.TryUnlink(null, path);
            }
        }
    }
}
