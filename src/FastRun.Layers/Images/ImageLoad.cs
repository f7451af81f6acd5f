using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Layers.Content;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <summary>
/// Brings an image of a layout or archive into the store. Layers come first, then documents, the record, the digest's link
/// and the tag's: whoever sees a name sees a whole image, wherever this is killed. Of several processes that load the
/// same image one does it and the others wait for it.
/// </summary>
internal sealed class ImageLoad(StateLayout layout, ImageRecords records, ImageNames names, ImageStore store)
{
    /// <summary>Leases a chosen image, loading it unless it is there.</summary>
    /// <param name="image">The image.</param>
    /// <param name="platform">What it must be built for; null for the host's platform.</param>
    /// <param name="subject">What to call it in an error.</param>
    /// <param name="observer">Whoever waits for it.</param>
    /// <param name="verify">Do not trust a record: look whether its layers and documents are there, and bring those that are not.</param>
    /// <exception cref="OperationCanceledException">The observer gave up.</exception>
    internal ImageLease Open(
        SourceImage image, Platform? platform, string subject, LoadObserver observer, bool verify = false)
    {
        if (TryOpenLoaded(image, platform, subject, verify) is { } present)
        {
            return present;
        }

        // Documents are read inside, so that of many at once only one fetches them.
        if ((image.ManifestDigest ?? image.ImageId) is not { } known)
        {
            return LoadWithinLimit(image, platform, subject, observer, verify);
        }

        using Flight flight = Flight.Begin(layout.ImageLoad(known), observer);
        return TryOpenLoaded(image, platform, subject, verify)
            ?? LoadWithinLimit(image, platform, subject, observer, verify);
    }

    /// <summary>Loads an image, for which others go where the store has a limit.</summary>
    private ImageLease LoadWithinLimit(
        SourceImage image, Platform? platform, string subject, LoadObserver observer, bool verify)
    {
        ImageContents contents = image.Read();
        store.MakeRoom(subject, MissingBytes(contents));
        ImageLease lease = LoadContents(image, contents, platform, subject, observer, verify);
        store.KeepLimit();
        return lease;
    }

    /// <summary>The bytes of the blobs whose layers are not here.</summary>
    private long MissingBytes(ImageContents contents) => contents.Layers
        .Where(layer => FileAt.TryStat(null, Path.Combine(layout.LayerDiffs, layer.DiffId.Hex), out _) != Errno.None)
        .Sum(layer => layer.Size);

    /// <summary>The image if it is there and has all its names.</summary>
    private ImageLease? TryOpenLoaded(SourceImage image, Platform? platform, string subject, bool verify)
    {
        string? path = (image.ManifestDigest, image.ImageId) switch
        {
            ({ } digest, _) => layout.ImageName(new ImageReference(
                image.Names[0].Registry, image.Names[0].Repository, tag: null, digest)),
            (null, { } imageId) => layout.ImageRecord(imageId),
            _ => null,
        };
        ImageLease? lease = path is null ? null : records.TryLease(path, out _);
        if (lease is null)
        {
            return null;
        }

        try
        {
            RequirePlatform(lease.Record.Platform, platform, subject);
            if ((!verify || (IsWhole(lease) && HasDocuments(lease, image))) && image.Names.All(
                name => names.Means(name, lease.Record.ImageId, image.ManifestDigest, image.IndexDigest)))
            {
                return lease;
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        // It gets another name, so its documents must be there again: only the layers need not be read.
        lease.Dispose();
        return null;
    }

    private ImageLease LoadContents(
        SourceImage image,
        ImageContents contents,
        Platform? platform,
        string subject,
        LoadObserver observer,
        bool verify)
    {
        RequirePlatform(contents.Config.Platform, platform, subject);
        ImageSource.RequireLayerCount(contents.Layers.Count, subject);
        LayerStore layers = new(layout);
        using FileLock keep = layers.Lock(FileLockMode.Shared, observer.Waiting, observer.Cancellation);
        string path = layout.ImageRecord(contents.ImageId);
        ImageLease? lease = null;
        try
        {
            lease = TryLease(path, verify);
            LaunchRecord record = lease?.Record ?? Unpack(contents, layers, observer);
            bool present = lease is { IsDurable: true };
            WriteDocuments(contents, image, present);
            using (names.Lock())
            {
                // The same image may have come by another manifest meanwhile.
                lease ??= TryLease(path, verify);
                if (lease is null)
                {
                    records.Write(record);
                    lease = records.TryLease(path, out RecordState state)
                        ?? throw new CorruptContentException(subject, $"the image's record cannot be read back: {state}");
                }

                foreach (ImageReference name in image.Names)
                {
                    names.Link(name, lease.Record.ImageId, image.ManifestDigest, image.IndexDigest, present);
                }
            }

            return lease;
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
    }

    private ImageLease? TryLease(string path, bool verify)
    {
        ImageLease? lease = records.TryLease(path, out _);
        if (lease is null || !verify || IsWhole(lease))
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    private bool HasDocuments(ImageLease lease, SourceImage image)
    {
        ContentStore content = new(layout);
        return content.IsIntact(lease.Record.ImageId)
            && (image.ManifestDigest is not { } manifest || content.IsIntact(manifest))
            && (image.IndexDigest is not { } index || content.IsIntact(index));
    }

    private bool IsWhole(ImageLease lease) => lease.Record.LayerIds.All(new LayerStore(layout).Contains);

    private static LaunchRecord Unpack(ImageContents contents, LayerStore layers, LoadObserver observer)
    {
        IReadOnlyList<string> localIds =
            new LayerPipeline(layers, limits: null, observer).Assemble(contents.Layers, observer.Cancellation);
        long size = 0;
        foreach (string localId in localIds)
        {
            size += layers.UnpackedSize(localId);
        }

        return ConfiguredLaunch.Of(contents.ImageId, contents.Config, localIds, size);
    }

    private void WriteDocuments(ImageContents contents, SourceImage image, bool durable)
    {
        ContentStore content = new(layout);
        content.Write(contents.ImageId, contents.ConfigBytes.Span, durable);
        if (image.ManifestDigest is { } manifest && contents.Manifest is { } bytes)
        {
            content.Write(manifest, bytes.Span, durable);
        }

        if (image.IndexDigest is { } index && contents.Index is { } list)
        {
            content.Write(index, list.Span, durable);
        }
    }

    private static void RequirePlatform(Platform actual, Platform? wanted, string subject)
    {
        Platform required = wanted ?? Platform.Host;
        if (actual.DistanceFrom(required) < 0)
        {
            throw new PlatformNotFoundException(subject, required, [actual]);
        }
    }
}
