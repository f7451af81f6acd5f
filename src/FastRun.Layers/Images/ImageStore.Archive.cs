using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>Archives of images, and tars that become one.</content>
public sealed partial class ImageStore
{
    /// <summary>Loads all images of an archive, of either kind and compressed or not, and waits until they are on disk.</summary>
    /// <param name="archive">A file or a pipe, which stays the caller's.</param>
    /// <param name="path">What messages call it, and images that have no name but a tag; its last component counts.</param>
    /// <param name="platform">What the images must be built for; null for whatever they are, where there is no choice.</param>
    /// <param name="observer">Whoever waits for it.</param>
    /// <param name="loaded">Called for each name, or each image without one, when it is on disk.</param>
    /// <exception cref="ImageNotFoundException">It is no archive of images.</exception>
    /// <exception cref="PlatformNotFoundException">An image is not there for the platform.</exception>
    /// <exception cref="CorruptContentException">It is not what its digests say, or breaks its format.</exception>
    /// <exception cref="LayerException">A layer cannot be unpacked.</exception>
    /// <exception cref="OperationCanceledException">The observer gave up.</exception>
    public void LoadArchive(Fd archive, string path, Platform? platform, LoadObserver observer, Action<LoadedImage> loaded)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(loaded);
        ArchiveSpool spool = new(_layout, path, observer.Cancellation);
        using Fd file = spool.ToFile(archive);
        TarFiles files = new(spool.Decompressed(file), path);
        bool isDockers = files.TryGetSize("manifest.json") is not null;
        using ImageSource source = isDockers ? new DockerArchiveSource(files) : new OciSource(files, path);
        foreach (SourceImage image in Select(source, platform))
        {
            List<Digest?> before = [];
            foreach (ImageReference name in image.Names)
            {
                before.Add(IdOf(name));
            }

            using ImageLease lease = _load.Open(image, platform ?? image.Read().Config.Platform, path, observer, verify: true);
            lease.MakeDurable();
            Digest id = lease.Record.ImageId;
            for (int i = 0; i < image.Names.Count; i++)
            {
                loaded(new LoadedImage(image.Names[i], id, before[i] == id ? null : before[i]));
            }

            if (image.Names.Count == 0)
            {
                loaded(new LoadedImage(null, id, null));
            }
        }
    }

    /// <summary>Makes an image of one tar, compressed or not, and waits until it is on disk.</summary>
    /// <param name="archive">A file or a pipe, which stays the caller's.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="config">The config without its layer.</param>
    /// <param name="name">The name that the image gets; null for none.</param>
    /// <param name="observer">Whoever waits for it.</param>
    /// <exception cref="CorruptContentException">The settings are none that an image can have.</exception>
    /// <exception cref="LayerException">It is no tar, or cannot be unpacked.</exception>
    /// <exception cref="OperationCanceledException">The observer gave up.</exception>
    public Digest Import(Fd archive, string subject, ImageConfig config, ImageReference? name, LoadObserver observer)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(observer);
        using Fd file = new ArchiveSpool(_layout, subject, observer.Cancellation).ToFile(archive);
        using SpooledLayer layer = SpooledLayer.Of(file, subject, observer.Cancellation);
        LayerStore layers = new(_layout);
        MakeRoom(subject, layer.Size);
        ImageLease lease;
        using (FileLock keep = layers.Lock(FileLockMode.Shared, observer.Waiting, observer.Cancellation))
        {
            lease = Add(new LocalImage
            {
                Config = config with { Rootfs = new RootFilesystem { Type = "layers", DiffIds = [layer.DiffId.ToString()] } },
                LayerIds = Unpack(layers, layer, subject, observer),
                Name = name,
            });
        }

        using (lease)
        {
            lease.MakeDurable();
            KeepLimit();
            return lease.Record.ImageId;
        }
    }

    private static IReadOnlyList<string> Unpack(LayerStore layers, SpooledLayer layer, string subject, LoadObserver observer)
    {
        try
        {
            return new LayerPipeline(layers, limits: null, observer).Assemble([layer], observer.Cancellation);
        }
        catch (LayerException e)
        {
            throw new LayerException(e.Kind, $"{subject}: {e.Message}", e);
        }
    }

    /// <summary>A copy, without a name, of what lies at a URL.</summary>
    /// <param name="uri">Where, by http or https.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="registry">How servers are reached; their credentials are not sent.</param>
    /// <exception cref="RegistryException">It cannot be had.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public Fd Download(Uri uri, string subject, RegistryClientOptions registry) => Download(uri, subject, registry, out _);

    /// <summary>As above, unless what lies there is what lay there before.</summary>
    /// <param name="uri">Where, by http or https.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="registry">How servers are reached; their credentials are not sent.</param>
    /// <param name="known">By what it was known.</param>
    /// <param name="now">By what it is known now.</param>
    /// <param name="modified">When it was changed last, where the server says so.</param>
    /// <returns>Null where it is the same.</returns>
    public Fd? DownloadChanged(
        Uri uri, string subject, RegistryClientOptions registry, DownloadValidators? known, out DownloadValidators now, out DateTimeOffset? modified)
    {
        ArgumentNullException.ThrowIfNull(registry);
        using HttpDownload download = HttpDownload.Open(uri, registry, known);
        (now, modified) = (download.Validators, download.LastModified);
        return download.IsUnchanged ? null : new ArchiveSpool(_layout, subject, registry.Stop).ToFile(download);
    }

    /// <summary>As above, and tells when what is there was changed last, where the server says so.</summary>
    public Fd Download(Uri uri, string subject, RegistryClientOptions registry, out DateTimeOffset? modified)
    {
        ArgumentNullException.ThrowIfNull(registry);
        using HttpDownload download = HttpDownload.Open(uri, registry);
        modified = download.LastModified;
        return new ArchiveSpool(_layout, subject, registry.Stop).ToFile(download);
    }

    /// <summary>Where nobody asks for a platform, what is there for another one than this host's is taken, too.</summary>
    private static IReadOnlyList<SourceImage> Select(ImageSource source, Platform? platform)
    {
        try
        {
            return source.Select(name: null, platform ?? Platform.Host);
        }
        catch (PlatformNotFoundException e) when (platform is null && e.Available.Count == 1)
        {
            return source.Select(name: null, e.Available.First());
        }
    }

    private Digest? IdOf(ImageReference name)
    {
        using ImageLease? lease = _records.TryLease(_layout.ImageName(name), out _);
        return lease?.Record.ImageId;
    }
}
