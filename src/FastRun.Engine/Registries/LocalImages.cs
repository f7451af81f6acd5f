using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Layers;
using FastRun.Layers.Hosting;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Registries;

/// <summary>
/// The images of this machine, for others to pull. A store keeps layers as trees, not as the blobs they came in, so each image has a
/// manifest of plain tars here, whose digests are the diffIDs; configs, and so image ids, are as they were.
/// </summary>
/// <param name="layout">Where the images are.</param>
public sealed class LocalImages(StateLayout layout) : IHostedContent
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <inheritdoc/>
    public ValueTask<HostedManifest?> FindManifestAsync(
        RepositoryName repository, ManifestReference reference, CancellationToken cancellation) => ValueTask.FromResult(Served(() =>
    {
        foreach (LocalImage image in Open(repository, reference.Tag))
        {
            using (image)
            {
                HostedManifest manifest = image.MakeManifest();
                if (reference.Tag is not null || manifest.Digest == reference.Digest)
                {
                    return manifest;
                }
            }
        }

        return null;
    }));

    /// <inheritdoc/>
    public async ValueTask<long?> FindBlobSizeAsync(RepositoryName repository, Digest digest, CancellationToken cancellation)
    {
        using HostedBlob? blob = await FindBlobAsync(repository, digest, cancellation).ConfigureAwait(false);
        return blob?.Size;
    }

    /// <inheritdoc/>
    public ValueTask<HostedBlob?> FindBlobAsync(RepositoryName repository, Digest digest, CancellationToken cancellation) =>
        ValueTask.FromResult(Served(() =>
        {
            foreach (LocalImage image in Open(repository, tag: null))
            {
                if (image.TryOpenBlob(digest) is { } blob)
                {
                    return blob;
                }

                image.Dispose();
            }

            return null;
        }));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>?> ListTagsAsync(RepositoryName repository, CancellationToken cancellation) =>
        ValueTask.FromResult(Served<IReadOnlyList<string>?>(() =>
        {
            SortedSet<string> tags = new(RegistryDirectory.Order);
            foreach ((RepositoryName name, ImageReference image) in Names())
            {
                if (name == repository && image.Tag is { } tag)
                {
                    tags.Add(tag);
                }
            }

            return tags.Count == 0 ? null : [.. tags];
        }));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Referrer>> ListReferrersAsync(
        RepositoryName repository, Digest subject, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<Referrer>>([]);

    /// <inheritdoc/>
    public IReadOnlyList<RepositoryName> ListRepositories() => Served<IReadOnlyList<RepositoryName>>(() =>
    {
        SortedDictionary<string, RepositoryName> found = new(RegistryDirectory.Order);
        foreach ((RepositoryName name, _) in Names())
        {
            found[name.ToString()] = name;
        }

        return [.. found.Values];
    });

    /// <summary>
    /// What an image's repository is called here: as at its registry where that is Docker Hub, or none; else with the registry before it,
    /// whose port stands behind an underscore.
    /// </summary>
    internal static bool TryName(ImageReference image, out RepositoryName name) => RepositoryName.TryParse(
        image.Registry is ImageReference.DefaultRegistry or ImageReference.LocalRegistry
            ? image.Repository
            : $"{image.Registry.ToLowerInvariant().Replace(':', '_')}/{image.Repository}",
        out name);

    private IEnumerable<(RepositoryName Name, ImageReference Image)> Names()
    {
        foreach (ImageSummary summary in _store.List())
        {
            if (summary.Repository is { } familiar && summary.Tag is { } tag
                && ImageReference.TryParse($"{familiar}:{tag}", out ImageReference? image) && TryName(image, out RepositoryName name))
            {
                yield return (name, image);
            }
        }
    }

    /// <summary>Leases the images of a repository, one after the other; the caller disposes of each.</summary>
    private IEnumerable<LocalImage> Open(RepositoryName repository, string? tag)
    {
        foreach ((RepositoryName name, ImageReference image) in Names())
        {
            if (name == repository && (tag is null || image.Tag == tag) && _store.TryOpen(image) is { } lease)
            {
                yield return new LocalImage(layout, Settled(lease));
            }
        }
    }

    /// <summary>An image whose id is not known yet has no manifest either: its layers' tars are hashed first.</summary>
    private ImageLease Settled(ImageLease lease)
    {
        if (!lease.Record.IsProvisional)
        {
            return lease;
        }

        using (lease)
        {
            return _store.Settle(lease.Record.ImageId);
        }
    }

    private static T Served<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (e is LayerException or CorruptContentException)
        {
            throw new HostingException(HostingFault.Unavailable, e.Message, e);
        }
    }
}
