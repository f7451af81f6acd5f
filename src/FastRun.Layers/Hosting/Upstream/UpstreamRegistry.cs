using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Http;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Hosting.Upstream;

/// <summary>The registry that a cache stands before. Blocking; many threads ask at once.</summary>
/// <param name="name">Its name, as references have it.</param>
/// <param name="options">How it is reached.</param>
internal sealed class UpstreamRegistry(string name, RegistryClientOptions options)
{
    private const int MostClients = 256;
    private const int LongestTagDigest = 64;

    // A client keeps its connections and its token for one repository.
    private readonly ConcurrentDictionary<RepositoryName, RegistryClient> _clients = new();

    /// <summary>The digest that a tag has now; null where there is no such tag.</summary>
    internal Digest? ResolveTag(RepositoryName repository, string tag) => Ask<Digest?>(
        repository, client => client.ResolveDigest(Reference(repository, tag, null)));

    /// <summary>A manifest, by its tag or digest; null where there is none.</summary>
    internal ManifestResponse? FetchManifest(RepositoryName repository, ManifestReference reference) => Ask(
        repository, client => client.FetchManifest(Reference(repository, reference.Tag, reference.Digest)));

    /// <summary>How large a blob is; null where there is none.</summary>
    internal long? FindBlobSize(RepositoryName repository, Digest digest) => Ask<long?>(repository, client =>
    {
        RegistryRequest request = new(HttpMethod.Head, $"blobs/{digest}", client.SubjectOf(digest)) { Noun = "blob" };
        return client.Ask(request, (_, response) => response.Content.Headers.ContentLength)
            ?? throw new RegistryException(RegistryErrorKind.Protocol, $"{client.SubjectOf(digest)}: the registry does not say how large it is");
    });

    /// <summary>Gives the bytes of a blob to <paramref name="take"/>, as they come.</summary>
    internal void FetchBlob(RepositoryName repository, Descriptor blob, Action<ReadOnlySpan<byte>> take) => Ask<object>(repository, client =>
    {
        using BlobStream stream = client.OpenBlob(blob);
        byte[] block = new byte[256 << 10];
        for (int read; (read = stream.Read(block)) > 0;)
        {
            take(block.AsSpan(0, read));
        }

        return block;
    });

    /// <summary>All tags; null where there is no such repository.</summary>
    internal IReadOnlyList<string>? ListTags(RepositoryName repository) => Ask(repository, static client => client.ListTags());

    /// <summary>
    /// The list of what refers to a manifest, as the registry gave it; null where it has none. A registry that does not know the
    /// question has the list under a tag (distribution-spec 1.1, "Referrers Tag Schema"): a client that asks a cache would never look there.
    /// </summary>
    internal byte[]? FetchReferrers(RepositoryName repository, Digest subject) =>
        AskForReferrers(repository, subject) ?? FetchManifest(repository, ReferrersTag(subject))?.Bytes.ToArray();

    /// <summary>The tag by which clients keep the list where the registry does not.</summary>
    internal static ManifestReference ReferrersTag(Digest subject) =>
        ManifestReference.OfTag($"{subject.Algorithm}-{subject.Hex[..LongestTagDigest]}");

    private byte[]? AskForReferrers(RepositoryName repository, Digest subject) => Ask(repository, client =>
    {
        RegistryRequest request = new(HttpMethod.Get, $"referrers/{subject}", client.SubjectOf(subject));
        return client.Ask(request, (_, response) => ResponseBody.TryRead(response, StrictJson.MaxSize))
            ?? throw new RegistryException(RegistryErrorKind.TooLarge, $"{client.SubjectOf(subject)}: the list of referrers is larger than 4 MiB");
    });

    private ImageReference Reference(RepositoryName repository, string? tag, Digest? digest) =>
        new(name, repository.ToString(), tag, digest);

    private T? Ask<T>(RepositoryName repository, Func<RegistryClient, T?> ask)
    {
        if (_clients.Count > MostClients)
        {
            // Those who use one go on with it; its connections close when they are idle.
            _clients.Clear();
        }

        RegistryClient client = _clients.GetOrAdd(repository, Open);
        try
        {
            return ask(client);
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.NotFound)
        {
            return default;
        }
        catch (RegistryException e)
        {
            // What it knows of the registry may be old: the next one finds out anew.
            _clients.TryRemove(new KeyValuePair<RepositoryName, RegistryClient>(repository, client));
            throw new HostingException(FaultOf(e.Kind), e.Message, e);
        }
    }

    private RegistryClient Open(RepositoryName repository) => new(Reference(repository, null, null), options);

    private static HostingFault FaultOf(RegistryErrorKind kind) => kind switch
    {
        RegistryErrorKind.Unauthorized or RegistryErrorKind.Denied => HostingFault.Denied,
        RegistryErrorKind.TooManyRequests => HostingFault.TooManyRequests,
        _ => HostingFault.Unavailable,
    };
}
