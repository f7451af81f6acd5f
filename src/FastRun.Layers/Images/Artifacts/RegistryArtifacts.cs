using System;
using System.Security.Cryptography;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Upload;

namespace FastRun.Layers.Images.Artifacts;

/// <summary>A name of a registry.</summary>
internal sealed class RegistryArtifacts(ImageReference name, RegistryClientOptions options, bool pushes) : ArtifactRepository
{
    private readonly RegistryClient _client = new(name, options, pushes);

    internal override string Subject => name.ToFamiliarString();

    public override byte[] Fetch(Descriptor descriptor, long limit) => descriptor.Size <= limit
        ? _client.FetchBlob(descriptor)
        : throw new CorruptContentException($"{Subject}: blob {descriptor.Digest}", "larger than it may be");

    /// <summary>Nothing is asked for elsewhere: what a stranger's manifest names as another address is none of ours.</summary>
    public override LayerSource Layer(Descriptor descriptor, Digest diffId) => new RegistryLayer(_client, descriptor with { Urls = [] }, diffId);

    public override bool Has(Descriptor blob) => BlobUpload.Exists(_client, blob.Digest, blob.Size);

    public override void Name(ReadOnlyMemory<byte> manifest) =>
        ManifestUpload.Put(_client, name, manifest, MediaTypes.OciManifest, Digest.FromSha256(SHA256.HashData(manifest.Span)));

    public override void Dispose() => _client.Dispose();

    private protected override ManifestDocument? TryFetchTop()
    {
        try
        {
            ManifestResponse response = _client.FetchManifest(name);
            return ManifestDocument.Parse(response.Bytes, $"manifest {response.Digest}", response.MediaType);
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.NotFound)
        {
            return null;
        }
    }

    private protected override ManifestDocument Fetch(Descriptor manifest)
    {
        ManifestResponse response = _client.FetchManifest(new ImageReference(name.Registry, name.Repository, tag: null, manifest.Digest));
        return ManifestDocument.Parse(response.Bytes, $"manifest {manifest.Digest}", manifest.MediaType);
    }

    private protected override (Digest Digest, long Size) Put(UploadSource source, string called) =>
        new BlobUpload(_client, source, called, place: null, static _ => { }).Send();
}
