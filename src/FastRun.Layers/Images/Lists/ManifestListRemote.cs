using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Upload;

namespace FastRun.Layers.Images.Lists;

/// <summary>What lists have to do with registries: members come from there, and lists go there.</summary>
/// <param name="registry">How to reach them.</param>
public sealed class ManifestListRemote(RegistryClientOptions registry)
{
    /// <summary>Fetches a manifest that shall be a member.</summary>
    /// <exception cref="RegistryException">It cannot be had.</exception>
    /// <exception cref="CorruptContentException">It is no image's manifest, or its config breaks the format.</exception>
    public ListedManifest FetchMember(ImageReference reference)
    {
        using RegistryClient client = new(reference, registry);
        ManifestResponse response = client.FetchManifest(reference);
        ManifestDocument document = ManifestDocument.Parse(response.Bytes, $"manifest {response.Digest}", response.MediaType);
        return Member(client, reference, document, response.Digest);
    }

    /// <summary>Fetches what a name means: one manifest, or all that its index lists.</summary>
    /// <param name="reference">The name.</param>
    /// <param name="raw">The document as its registry gave it.</param>
    public IReadOnlyList<ListedManifest> Fetch(ImageReference reference, out byte[] raw)
    {
        using RegistryClient client = new(reference, registry);
        ManifestResponse response = client.FetchManifest(reference);
        raw = response.Bytes.ToArray();
        ManifestDocument document = ManifestDocument.Parse(response.Bytes, $"manifest {response.Digest}", response.MediaType);
        if (!document.IsIndex)
        {
            return [Member(client, reference, document, response.Digest)];
        }

        const int most = 64;
        return document.Manifests.Count > most
            ? throw new CorruptContentException($"index {response.Digest}", $"lists more than {most} manifests")
            : [.. document.Manifests.Select(listed => Listed(client, reference, listed))];
    }

    /// <summary>The document that a name means, as its registry gives it.</summary>
    public byte[] FetchRaw(ImageReference reference)
    {
        using RegistryClient client = new(reference, registry);
        return client.FetchManifest(reference).Bytes.ToArray();
    }

    /// <summary>
    /// Brings a list to its registry: the blobs and manifests of its members, from other repositories of the registry, then the
    /// list itself.
    /// </summary>
    /// <returns>Its digest.</returns>
    /// <exception cref="RegistryException">The registry does not take it, or a member cannot be had any more.</exception>
    public Digest Push(ManifestList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        if (list.Manifests.FirstOrDefault(member => member.Reference.Registry != list.Name.Registry) is { } foreign)
        {
            throw new RegistryException(
                RegistryErrorKind.Denied,
                $"{list.Name.ToFamiliarString()}: cannot use source images from a different registry than the target image: {foreign.Reference.Registry} != {list.Name.Registry}");
        }

        using RegistryClient client = new(list.Name, registry, pushes: true);
        foreach (ListedManifest member in list.Manifests)
        {
            if (member.Reference.Repository != list.Name.Repository)
            {
                BringBlobs(client, member);
            }

            ImageReference byDigest = new(list.Name.Registry, list.Name.Repository, tag: null, member.Digest);
            if (!ManifestUpload.Exists(client, byDigest))
            {
                ManifestUpload.Put(client, byDigest, member.Bytes, member.MediaType, member.Digest);
            }
        }

        byte[] index = list.ToIndex();
        Digest digest = Digest.FromSha256(SHA256.HashData(index));
        ManifestUpload.Put(client, list.Name, index, list.MediaType, digest);
        return digest;
    }

    private void BringBlobs(RegistryClient client, ListedManifest member)
    {
        ManifestDocument document = ManifestDocument.Parse(member.Bytes, $"manifest {member.Digest}", member.MediaType);
        using RegistryClient origin = new(member.Reference, registry);
        foreach (Descriptor blob in document.Layers.Append(document.Config!).DistinctBy(static blob => blob.Digest))
        {
            UploadPlace? place = null;
            if (blob.Urls.Count > 0
                || BlobUpload.Exists(client, blob.Digest, blob.Size)
                || BlobUpload.TryMount(client, blob, member.Reference.Repository, out place))
            {
                continue;
            }

            try
            {
                new BlobUpload(client, new RemoteSource(origin, blob), $"blob {blob.Digest}", place, static _ => { }).Send();
            }
            catch (UploadFailedException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerException!);
            }
        }
    }

    private static ListedManifest Listed(RegistryClient client, ImageReference reference, Descriptor listed)
    {
        ImageReference byDigest = new(reference.Registry, reference.Repository, tag: null, listed.Digest);
        ManifestResponse response = client.FetchManifest(byDigest);
        return new ListedManifest(
            byDigest,
            listed.MediaType,
            listed.Digest,
            response.Bytes,
            new ListedPlatform(listed.Platform?.Os ?? "unknown", listed.Platform?.Architecture ?? "unknown") { Variant = listed.Platform?.Variant });
    }

    private static ListedManifest Member(RegistryClient client, ImageReference reference, ManifestDocument document, Digest digest)
    {
        if (document.Config is not { } described)
        {
            throw new CorruptContentException(reference.ToFamiliarString(), "is a manifest list: a list holds images only");
        }

        if (!MediaTypes.IsConfig(described.MediaType))
        {
            throw new CorruptContentException(reference.ToFamiliarString(), $"not an image: its config is {ReferenceGrammar.Quote(described.MediaType)}");
        }

        ImageConfig config = ImageConfig.Parse(client.FetchBlob(described), $"config {described.Digest}");
        return new ListedManifest(reference, document.MediaType, digest, document.Bytes, new ListedPlatform(config.Os!, config.Architecture!)
        {
            Variant = string.IsNullOrEmpty(config.Variant) ? null : config.Variant,
            OsVersion = string.IsNullOrEmpty(config.OsVersion) ? null : config.OsVersion,
        });
    }
}
