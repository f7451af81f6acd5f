using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using FastRun.Layers.Content;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Images;

/// <content>Bringing images from registries.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// Makes a reference mean what its registry means by it now. An image that is there already costs one request; of one
    /// that is not, only the missing layers are fetched. Of many processes that pull one reference, one does it and the
    /// others wait and then find it there.
    /// </summary>
    /// <param name="reference">A tag, or a digest, which outranks the tag.</param>
    /// <param name="platform">For which platform; null for the host's.</param>
    /// <param name="registry">How to reach registries.</param>
    /// <param name="observer">Whoever waits for it.</param>
    /// <param name="takeOthers">Where another process pulled it meanwhile, take that without asking the registry.</param>
    /// <exception cref="RegistryException">The registry does not give it.</exception>
    /// <exception cref="ImageInUseException">A snapshot has the name.</exception>
    /// <exception cref="PlatformNotFoundException">It is not there for the platform.</exception>
    /// <exception cref="CorruptContentException">It is not what its digests say, or breaks its format.</exception>
    /// <exception cref="LayerException">A layer cannot be unpacked.</exception>
    /// <exception cref="OperationCanceledException">The observer gave up.</exception>
    public PulledImage Pull(
        ImageReference reference,
        Platform? platform,
        RegistryClientOptions registry,
        LoadObserver observer,
        bool takeOthers = false)
    {
        ImageReference name = reference.Digest is null
            ? reference
            : new ImageReference(reference.Registry, reference.Repository, tag: null, reference.Digest);
        _names.RequireNoSnapshot(name);
        Digest key = Digest.FromSha256(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToString())));
        using Flight flight = Flight.Begin(_layout.ImageLoad(key), observer);
        Platform wanted = platform ?? Platform.Host;
        if (flight.HasWaited && takeOthers && TryOpen(name, wanted) is { } theirs)
        {
            return new PulledImage(theirs, name, DigestOf(name) ?? theirs.Record.ImageId, IsNew: true);
        }

        RegistryClient client = new(name, registry);
        using RegistryImageSource source = new(client, name);
        if (TryOpenCurrent(name, wanted, client, observer) is { } current)
        {
            return current;
        }

        string? before = ImageIdOf(name);
        SourceImage image = source.Select(name: null, wanted)[0];
        Digest digest = image.IndexDigest ?? image.ManifestDigest!.Value;
        observer.Found(name, digest);
        ImageLease lease = _load.Open(image, wanted, name.ToFamiliarString(), observer, verify: true);
        return new PulledImage(lease, name, digest, lease.Record.ImageId.Hex != before);
    }

    /// <summary>The tags that a registry has of a repository.</summary>
    /// <exception cref="RegistryException">The registry does not tell.</exception>
    public static IReadOnlyList<string> ListRemoteTags(ImageReference repository, RegistryClientOptions registry)
    {
        using RegistryClient client = new(repository, registry);
        return client.ListTags();
    }

    /// <summary>The image where the registry's answer to one question shows that nothing is missing.</summary>
    private PulledImage? TryOpenCurrent(
        ImageReference name, Platform wanted, RegistryClient client, LoadObserver observer)
    {
        if (!_names.Exists(name))
        {
            return null;
        }

        Digest digest = name.Digest ?? client.ResolveDigest(name);
        ImageReference byDigest = new(name.Registry, name.Repository, tag: null, digest);
        ImageLease? lease = _records.TryLease(_layout.ImageName(byDigest), out _);
        if (lease is null)
        {
            return null;
        }

        LayerStore layers = new(_layout);
        if (!Serves(lease, wanted) || !lease.Record.LayerIds.All(layers.Contains) || !HasDocuments(lease, byDigest))
        {
            lease.Dispose();
            return null;
        }

        observer.Found(name, digest);
        string? before = ImageIdOf(name);
        if (name.Tag is not null && DigestOf(name) != digest)
        {
            using (_names.Lock())
            {
                _names.LinkTag(name, digest);
            }
        }

        return new PulledImage(lease, name, digest, before != lease.Record.ImageId.Hex);
    }

    /// <summary>Whether an image's config and the manifests that lead to it are as they were received.</summary>
    private bool HasDocuments(ImageLease lease, ImageReference byDigest)
    {
        ContentStore content = new(_layout);
        Digest digest = byDigest.Digest!.Value;
        return content.IsIntact(lease.Record.ImageId)
            && content.IsIntact(digest)
            && (_names.Find(byDigest)?.Next is not { } manifest || manifest == digest || content.IsIntact(manifest));
    }

    private Digest? DigestOf(ImageReference name) => name.Digest ?? _names.Find(name)?.Manifest;

    private string? ImageIdOf(ImageReference name)
    {
        using ImageLease? lease = _records.TryLease(_layout.ImageName(name), out _);
        return lease?.Record.ImageId.Hex;
    }
}
