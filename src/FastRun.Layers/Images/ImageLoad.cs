using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Content;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <summary>
/// Brings an image of a layout or archive into the store. Layers come first, then documents, the record, the digest's link
/// and the tag's: whoever sees a name sees a whole image, wherever this is killed. Of several processes that load the
/// same image one does it and the others wait for it.
/// </summary>
internal sealed class ImageLoad(StateLayout layout, ImageRecords records, ImageNames names)
{
    private const int DirectoryMode = 0x1C0;

    /// <summary>Leases a chosen image, loading it unless it is there.</summary>
    internal ImageLease Open(SourceImage image, Platform? platform, string subject)
    {
        ImageLease? lease = TryOpenLoaded(image);
        if (lease is null)
        {
            return LoadContents(image, image.Read(), platform, subject);
        }

        try
        {
            RequirePlatform(lease.Record.Platform, platform, subject);
            if (image.Names.All(name => names.Means(name, lease.Record.ImageId, image.ManifestDigest, image.IndexDigest)))
            {
                return lease;
            }

            // It gets another name, so its documents must be there again: only the layers need not be read.
            using (lease)
            {
                return LoadContents(image, image.Read(), platform, subject);
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private ImageLease? TryOpenLoaded(SourceImage image)
    {
        string? path = (image.ManifestDigest, image.ImageId) switch
        {
            ({ } digest, _) => layout.ImageName(new ImageReference(
                image.Names[0].Registry, image.Names[0].Repository, tag: null, digest)),
            (null, { } imageId) => layout.ImageRecord(imageId),
            _ => null,
        };
        return path is null ? null : records.TryLease(path, out _);
    }

    private ImageLease LoadContents(SourceImage image, ImageContents contents, Platform? platform, string subject)
    {
        RequirePlatform(contents.Config.Platform, platform, subject);
        ImageSource.RequireLayerCount(contents.Layers.Count, subject);
        LayerStore layers = new(layout);
        FileAt.MakeDirectories(null, layout.ImageLoads, DirectoryMode);
        string flightPath = layout.ImageLoad(contents.ImageId);
        using FileLock flight = FileLock.Acquire(null, flightPath, FileLockMode.Exclusive);
        using FileLock keep = layers.Lock(FileLockMode.Shared);
        ImageLease? lease = null;
        try
        {
            lease = records.TryLease(layout.ImageRecord(contents.ImageId), out _);
            LaunchRecord record = lease?.Record ?? Unpack(contents, layers);
            WriteDocuments(contents, image.ManifestDigest);
            using (names.Lock())
            {
                if (lease is null)
                {
                    records.Write(record);
                    lease = records.TryLease(layout.ImageRecord(record.ImageId), out RecordState state)
                        ?? throw new CorruptContentException(subject, $"the image's record cannot be read back: {state}");
                }

                Link(image, record.ImageId);
            }

            return lease;
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
        finally
        {
            // Removed while it is held: whoever waits for it sees that its file is gone, and looks again.
            FileAt.TryUnlink(null, flightPath);
        }
    }

    private static LaunchRecord Unpack(ImageContents contents, LayerStore layers)
    {
        IReadOnlyList<string> localIds = new LayerPipeline(layers).Assemble(contents.Layers);
        long size = 0;
        foreach (string localId in localIds)
        {
            size += layers.UnpackedSize(localId);
        }

        return LaunchRecordOf(contents, localIds, size);
    }

    private static LaunchRecord LaunchRecordOf(ImageContents contents, IReadOnlyList<string> localIds, long size)
    {
        ContainerConfig run = contents.Config.Config ?? new ContainerConfig();
        string subject = $"config {contents.ImageId}";
        return new LaunchRecord
        {
            ImageId = contents.ImageId,
            Platform = contents.Config.Platform,
            LayerIds = localIds,
            Entrypoint = Strings(run.Entrypoint, subject, "Entrypoint"),
            Cmd = Strings(run.Cmd, subject, "Cmd"),
            Env = Strings(run.Env, subject, "Env"),
            User = Strings([run.User ?? ""], subject, "User")[0],
            WorkingDir = Strings([run.WorkingDir ?? ""], subject, "WorkingDir")[0],
            Volumes = Strings([.. run.Volumes?.Keys ?? []], subject, "Volumes"),
            StopSignal = Strings([run.StopSignal ?? ""], subject, "StopSignal")[0],
            Created = contents.Config.CreatedAt.ToUnixTimeSeconds(),
            Size = size,
        };
    }

    /// <summary>What goes to execve(2) cannot hold a NUL, and a list cannot hold nothing.</summary>
    private static IReadOnlyList<string> Strings(IReadOnlyList<string>? list, string subject, string field)
    {
        foreach (string? text in list ?? [])
        {
            if (text is null || text.Contains('\0', StringComparison.Ordinal))
            {
                throw new CorruptContentException(subject, $"\"{field}\" holds {(text is null ? "null" : "a NUL character")}");
            }
        }

        return list ?? [];
    }

    private void WriteDocuments(ImageContents contents, Digest? manifest)
    {
        ContentStore content = new(layout);
        content.Write(contents.ImageId, contents.ConfigBytes.Span);
        if (manifest is { } digest && contents.Manifest is { } bytes)
        {
            content.Write(digest, bytes.Span);
        }
    }

    private void Link(SourceImage image, Digest imageId)
    {
        foreach (ImageReference name in image.Names)
        {
            names.Link(name, imageId, image.ManifestDigest, image.IndexDigest);
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
