using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>How much there is, and how it is kept within a limit.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// A use of an image is noted in its record's file (mtime) at most this often, so that nearly every start does without.
    /// </summary>
    public static TimeSpan LastUseStep { get; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How much larger a layer's files are taken to be than its blob before it is unpacked: gzip makes two thirds of a usual
    /// layer go away.
    /// </summary>
    private const int Expansion = 3;

    /// <summary>Measures what the images occupy. Takes no lock, so nobody else notices.</summary>
    public StoreUsage MeasureUsage()
    {
        Dictionary<string, long> sizes = new LayerStore(_layout).Sizes();
        HeldLocks locks = HeldLocks.Read();
        List<(LaunchRecord Record, FileStatus Status)> images = [];
        Dictionary<string, int> sharers = [];
        HashSet<string> snapshots = [.. _names.All().Where(static name => name.Reference.IsSnapshot).Select(static name => name.ImageIdHex)];
        HashSet<string> ofImages = [];
        HashSet<string> ofSnapshots = [];
        foreach (string imageId in _records.All())
        {
            if (_records.TryRead(imageId, out RecordState state) is { } record && state == RecordState.Present
                && FileAt.TryStat(null, _layout.ImageRecord(record.ImageId), out FileStatus status) == Errno.None)
            {
                images.Add((record, status));
                (snapshots.Contains(imageId) ? ofSnapshots : ofImages).UnionWith(record.LayerIds);
                foreach (string layer in record.LayerIds.Distinct())
                {
                    sharers[layer] = sharers.GetValueOrDefault(layer) + 1;
                }
            }
        }

        List<ImageUsage> usage = [];
        HashSet<string> busy = [];
        foreach ((LaunchRecord record, FileStatus status) in images)
        {
            List<string> layers = [.. record.LayerIds.Distinct()];
            int users = locks.Count(status) + _users.CountIdle(record.ImageId);
            usage.Add(new ImageUsage(
                record.ImageId,
                layers,
                layers.Where(layer => sharers[layer] > 1).Sum(sizes.GetValueOrDefault),
                layers.Where(layer => sharers[layer] == 1).Sum(sizes.GetValueOrDefault),
                users,
                DateTimeOffset.FromUnixTimeSeconds(status.Modified.Seconds),
                snapshots.Contains(record.ImageId.Hex)));
            if (users > 0)
            {
                busy.UnionWith(layers);
            }
        }

        // What images share with snapshots stays as long as these.
        List<string> own = [.. ofSnapshots.Where(layer => !ofImages.Contains(layer))];
        return new StoreUsage(
            usage,
            sharers.Keys.Sum(sizes.GetValueOrDefault),
            sharers.Keys.Where(layer => !busy.Contains(layer) && !ofSnapshots.Contains(layer)).Sum(sizes.GetValueOrDefault))
        {
            SnapshotSize = own.Sum(sizes.GetValueOrDefault),
            ReclaimableOfSnapshots = own.Where(layer => !busy.Contains(layer)).Sum(sizes.GetValueOrDefault),
        };
    }

    /// <summary>
    /// Removes images that nothing uses and that are no snapshots, the least recently used first, until the rest occupies no more than a limit.
    /// The layers go with them, unless a load is under way: then they go with the next removal or collection.
    /// </summary>
    /// <param name="limit">Bytes.</param>
    public EvictionReport Evict(long limit)
    {
        StoreUsage usage = MeasureUsage();
        Dictionary<string, long> sizes = new LayerStore(_layout).Sizes();
        Dictionary<string, int> users = usage.Images.SelectMany(image => image.LayerIds).CountBy(layer => layer).ToDictionary();
        long size = usage.Size;
        List<string> evicted = [];
        foreach (ImageUsage image in usage.Images.OrderBy(image => image.LastUsed))
        {
            if (size <= limit)
            {
                break;
            }

            if (TryEvict(image) is not { } name)
            {
                continue;
            }

            evicted.Add(name);
            foreach (string layer in image.LayerIds.Where(layer => --users[layer] == 0))
            {
                size -= sizes.GetValueOrDefault(layer);
            }
        }

        if (evicted.Count > 0)
        {
            TryCollectLayers();
        }

        return new EvictionReport(evicted, size);
    }

    /// <summary>Evicts what must go before an image is unpacked, where the store has a limit.</summary>
    /// <param name="subject">The image, for messages.</param>
    /// <param name="bytes">The bytes of its blobs that are not here.</param>
    /// <exception cref="LayerException">It can never fit.</exception>
    internal void MakeRoom(string subject, long bytes)
    {
        if (_layout.ImageLimit is not { } limit)
        {
            return;
        }

        if (bytes > limit)
        {
            throw new LayerException(
                LayerErrorKind.DiskFull, $"{subject}: its layers have {bytes} bytes, and the storage limit is {limit} bytes");
        }

        Evict(limit - Math.Min(limit, bytes * Expansion));
    }

    /// <summary>
    /// Evicts what is too much after an image was loaded; the image itself is in use. Also deletes the layers that earlier
    /// evictions had to leave because of this load.
    /// </summary>
    internal void KeepLimit()
    {
        if (_layout.ImageLimit is { } limit && Evict(limit).Evicted.Count == 0)
        {
            TryCollectLayers();
        }
    }

    /// <summary>Removes one image; null where it is in use, or was used again or removed meanwhile.</summary>
    private string? TryEvict(ImageUsage image)
    {
        using FileLock names = _names.Lock();
        if (FileAt.TryStat(null, _layout.ImageRecord(image.Id), out FileStatus status) != Errno.None
            || status.Modified.Seconds != image.LastUsed.ToUnixTimeSeconds())
        {
            return null;
        }

        List<ImageName> own = _names.All().FindAll(name => name.ImageIdHex == image.Id.Hex);
        if (own.Exists(static name => name.Reference.IsSnapshot))
        {
            return null;
        }

        List<string> tags = [.. own.Where(name => name.Reference.Tag is not null).Select(Familiar)];
        string called = tags.Count > 0 ? string.Join(", ", tags) : image.Id.ShortHex;
        try
        {
            RemoveImage(image.Id.Hex, own, called);
            return called;
        }
        catch (ImageInUseException)
        {
            return null;
        }
    }
}
