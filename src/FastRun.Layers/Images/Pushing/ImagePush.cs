using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Upload;

namespace FastRun.Layers.Images.Pushing;

/// <summary>
/// Brings an image to the repository of one of its names: layers, several at once, then the config, and the manifest last, so that
/// the name never means what is not all there. Whoever runs it holds the image's lease.
/// </summary>
internal sealed class ImagePush(
    StateLayout layout, ImageNames names, LaunchRecord image, ImageReference name, PushOptions options, PushObserver observer)
{
    private const int LayersAtOnce = 4;

    private readonly ContentStore _content = new(layout);
    private readonly ImageLayers _layers = new(layout, image);

    /// <summary>Pushes it.</summary>
    /// <exception cref="RegistryException">The registry does not take it.</exception>
    /// <exception cref="LayerException">A layer cannot be made again.</exception>
    /// <exception cref="CorruptContentException">The image's config is missing or damaged.</exception>
    internal PushedImage Push(RegistryClientOptions registry)
    {
        byte[] configBytes = _content.TryRead(image.ImageId)
            ?? throw new CorruptContentException($"config {image.ImageId}", "missing from the store");
        ImageConfig config = ImageConfig.Parse(configBytes, $"config {image.ImageId}");
        List<ImageName> all = names.All();
        (Digest digest, ManifestDocument document)? original = FindManifest(all);
        using CancellationTokenSource failed = CancellationTokenSource.CreateLinkedTokenSource(registry.Stop);
        RegistryClientOptions options = registry with { Stop = failed.Token };
        using RegistryClient client = new(name, options, pushes: true);

        IReadOnlyList<Descriptor> layers = PushLayers(
            client, options, config.DiffIds, original?.document.Layers, new Lazy<KnownBlobs>(() => KnownBlobs.Read(all, _content)), failed);
        Descriptor configBlob = original?.document.Config ?? new Descriptor(MediaTypes.OciConfig, image.ImageId, configBytes.Length);
        PushConfig(client, configBlob, configBytes);
        return PushManifest(client, all, original, configBlob, layers);
    }

    /// <summary>The manifest that the name leads to, else any that the image has.</summary>
    private (Digest, ManifestDocument)? FindManifest(List<ImageName> all)
    {
        ImageName? own = all.Find(each => each.Reference == name);
        IEnumerable<ImageName> manifests = all
            .Where(each => each is { Reference.Digest: not null, Next: null } && each.ImageIdHex == image.ImageId.Hex)
            .OrderByDescending(each => own is not null && each.IsInRepositoryOf(own) && LeadsThrough(own, each, all))
            .ThenByDescending(each => each.Reference.Repository == name.Repository && each.Reference.Registry == name.Registry)
            .ThenByDescending(each => each.Reference.Registry == name.Registry);
        foreach (ImageName manifest in manifests)
        {
            if (KnownBlobs.TryRead(_content, manifest.Reference.Digest!.Value) is ({ } document, _) && document.Config!.Digest == image.ImageId)
            {
                return (manifest.Reference.Digest!.Value, document);
            }
        }

        return null;
    }

    private static bool LeadsThrough(ImageName tag, ImageName manifest, List<ImageName> all) =>
        tag.Next == manifest.Reference.Digest
        || all.Exists(index => index.IsPassedThroughBy(tag) && manifest.IsPassedThroughBy(index));

    private IReadOnlyList<Descriptor> PushLayers(
        RegistryClient client,
        RegistryClientOptions registry,
        IReadOnlyList<Digest> diffIds,
        IReadOnlyList<Descriptor>? originals,
        Lazy<KnownBlobs> known,
        CancellationTokenSource failed)
    {
        // One tar may stand in a manifest as two blobs, and one blob twice.
        List<(Digest DiffId, Descriptor? Original)> each = [.. diffIds.Select((diffId, i) => (diffId, originals?[i]))];
        Dictionary<(Digest, Digest?), PushProgress> progress = [];
        foreach ((Digest diffId, Descriptor? original) in each)
        {
            progress.TryAdd((diffId, original?.Digest), new PushProgress(diffId, observer));
        }

        observer.Begin(name, [.. each.Select(layer => progress[(layer.DiffId, layer.Original?.Digest)]).Distinct().Reverse()]);
        using PushOrigins origins = new(registry);
        LayerPush push = new(client, name, known, origins, _layers, options);
        ConcurrentDictionary<(Digest, Digest?), Descriptor> pushed = new();
        ConcurrentQueue<(Digest DiffId, Descriptor? Original)> queue =
            new(each.DistinctBy(static layer => (layer.DiffId, layer.Original?.Digest)));
        UnpackThread.RunAll(Math.Min(queue.Count, LayersAtOnce), () =>
        {
            while (!failed.IsCancellationRequested && queue.TryDequeue(out (Digest DiffId, Descriptor? Original) layer))
            {
                try
                {
                    (Digest, Digest?) key = (layer.DiffId, layer.Original?.Digest);
                    pushed[key] = push.Push(layer.Original, progress[key]);
                }
                catch
                {
                    // The others need not go on: the first failure is the image's.
                    failed.Cancel();
                    throw;
                }
            }
        });
        failed.Token.ThrowIfCancellationRequested();
        return [.. each.Select(layer => pushed[(layer.DiffId, layer.Original?.Digest)])];
    }

    private static void PushConfig(RegistryClient client, Descriptor config, byte[] bytes)
    {
        if (!BlobUpload.Exists(client, config.Digest, config.Size))
        {
            new BlobUpload(client, new BytesSource(config.Digest, bytes), $"config {config.Digest}", place: null, static _ => { }).Send();
        }
    }

    private static bool AreSame(IReadOnlyList<Descriptor> some, IReadOnlyList<Descriptor> others)
    {
        for (int i = 0; i < some.Count && i < others.Count; i++)
        {
            if (some[i].Digest != others[i].Digest)
            {
                return false;
            }
        }

        return some.Count == others.Count;
    }

    private PushedImage PushManifest(
        RegistryClient client,
        List<ImageName> all,
        (Digest Digest, ManifestDocument Document)? original,
        Descriptor config,
        IReadOnlyList<Descriptor> layers)
    {
        bool isSame = options.Annotations.Count == 0 && original is { } came && AreSame(came.Document.Layers, layers);
        ReadOnlyMemory<byte> bytes = isSame ? original!.Value.Document.Bytes
            : options.Annotations.Count > 0 ? ManifestRewrite.Create(config, layers, options.Annotations)
            : original is { } changed ? ManifestRewrite.Replace(changed.Document, layers)
            : ManifestRewrite.Create(config, layers);
        Digest digest = isSame ? original!.Value.Digest : Digest.FromSha256(SHA256.HashData(bytes.Span));
        string mediaType = ManifestDocument.Parse(bytes, $"manifest {digest}").MediaType;

        Digest? index = isSame ? FindIndex(all, digest) : null;
        if (index is { } list && options.Platform is null && !options.OnlyByDigest && PushIndex(client, list) is { } size)
        {
            return new PushedImage(name, image.ImageId, list, size);
        }

        ManifestUpload.Put(client, options.OnlyByDigest ? ByDigest(digest) : name, bytes, mediaType, digest);
        Keep(bytes, digest);
        return new PushedImage(name, image.ImageId, digest, bytes.Length)
        {
            Manifest = bytes,
            Replaced = original is { } before && before.Digest != digest ? before.Digest : null,
            LeftIndex = index,
        };
    }

    /// <summary>The index that the name leads through.</summary>
    private Digest? FindIndex(List<ImageName> all, Digest manifest) =>
        all.Find(each => each.Reference == name)?.Next is { } next && next != manifest ? next : null;

    /// <summary>
    /// Gives the name to an index all of whose manifests the repository has: then it means for all platforms there what it means
    /// here for one.
    /// </summary>
    /// <returns>The index's size; null where something is missing.</returns>
    private long? PushIndex(RegistryClient client, Digest digest)
    {
        const int most = 64;
        if (_content.TryRead(digest) is not { } bytes
            || ManifestDocument.Parse(bytes, $"index {digest}") is not { IsIndex: true, Manifests.Count: <= most } index
            || !index.Manifests.All(manifest => ManifestUpload.Exists(
                client, ByDigest(manifest.Digest))))
        {
            return null;
        }

        ManifestUpload.Put(client, name, bytes, index.MediaType, digest);
        return bytes.Length;
    }

    private ImageReference ByDigest(Digest digest) => new(name.Registry, name.Repository, tag: null, digest);

    /// <summary>Remembers what the name means there, and thereby where the blobs are, unless it means something else here by now.</summary>
    private void Keep(ReadOnlyMemory<byte> bytes, Digest digest)
    {
        _content.Write(digest, bytes.Span);
        using (names.Lock())
        {
            if (options.OnlyByDigest)
            {
                names.Link(ByDigest(digest), image.ImageId, digest, index: null);
            }
            else if (names.All().Find(each => each.Reference == name)?.ImageIdHex == image.ImageId.Hex)
            {
                names.Link(name, image.ImageId, digest, index: null);
            }
        }
    }
}
