using System;
using System.Net.Http;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Registry.Upload;

/// <summary>Brings manifests and indexes to a repository (OCI distribution-spec 1.1, "Pushing Manifests").</summary>
internal static class ManifestUpload
{
    /// <summary>Whether the repository has a manifest.</summary>
    internal static bool Exists(RegistryClient client, ImageReference byDigest)
    {
        try
        {
            return client.ResolveDigest(byDigest) == byDigest.Digest;
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.NotFound)
        {
            return false;
        }
    }

    /// <summary>Puts a document under its name, and makes sure that the registry means the same by it.</summary>
    /// <param name="client">The repository, opened to push.</param>
    /// <param name="name">A tag or a digest of it.</param>
    /// <param name="bytes">The document.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="digest">Its digest.</param>
    /// <exception cref="RegistryException">The registry does not take it, or takes it for something else.</exception>
    internal static void Put(RegistryClient client, ImageReference name, ReadOnlyMemory<byte> bytes, string mediaType, Digest digest)
    {
        string subject = name.ToFamiliarString();
        RegistryRequest request = new(HttpMethod.Put, $"manifests/{name.Digest?.ToString() ?? name.Tag}", subject)
        {
            Verb = "push",
            Body = () =>
            {
                ReadOnlyMemoryContent content = new(bytes);
                content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
                return content;
            },
        };
        Digest stated = client.Ask(request, static (_, response) => RegistryClient.StatedDigest(response)) ?? client.ResolveDigest(name);
        if (stated != digest)
        {
            throw new RegistryException(
                RegistryErrorKind.DigestMismatch, $"{subject}: the registry has the manifest with the digest {stated}, not {digest}");
        }
    }
}
