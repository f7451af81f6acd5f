using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Layers.Images.Sources;

/// <summary>One image of a registry, by a tag or a digest. Owns the client.</summary>
/// <param name="client">The image's repository.</param>
/// <param name="reference">What was asked for.</param>
internal sealed class RegistryImageSource(RegistryClient client, ImageReference reference) : ImageSource
{
    private readonly string _subject = reference.ToFamiliarString();

    /// <summary>Fetches the manifest, or the index and as much of what it lists as the choice needs.</summary>
    /// <inheritdoc/>
    internal override IReadOnlyList<SourceImage> Select(string? name, Platform platform)
    {
        ManifestResponse response = client.FetchManifest(reference);
        ManifestDocument document = ManifestDocument.Parse(response.Bytes, $"manifest {response.Digest}", response.MediaType);
        Descriptor? chosen = document.IsIndex
            ? new PlatformChoice(_subject, ReadDocument).Choose(document.Manifests, platform)
            : null;
        Digest manifest = chosen?.Digest ?? response.Digest;
        return
        [
            new SourceImage
            {
                Names = [reference],
                ManifestDigest = manifest,
                IndexDigest = chosen is null ? null : response.Digest,
                Read = () => ManifestContents.Read(
                    chosen is null ? document : ReadDocument(chosen),
                    manifest,
                    _subject,
                    client.FetchBlob,
                    (layer, diffId) => new RegistryLayer(client, layer, diffId)) with
                {
                    Index = chosen is null ? (ReadOnlyMemory<byte>?)null : response.Bytes,
                },
            },
        ];
    }

    /// <inheritdoc/>
    public override void Dispose() => client.Dispose();

    private ManifestDocument ReadDocument(Descriptor descriptor)
    {
        ManifestResponse response = client.FetchManifest(
            new ImageReference(reference.Registry, reference.Repository, tag: null, descriptor.Digest));
        return response.Bytes.Length == descriptor.Size
            ? ManifestDocument.Parse(response.Bytes, $"manifest {descriptor.Digest}", descriptor.MediaType)
            : throw new CorruptContentException(
                $"manifest {descriptor.Digest}",
                $"has {response.Bytes.Length} bytes, but its descriptor says {descriptor.Size}");
    }
}
