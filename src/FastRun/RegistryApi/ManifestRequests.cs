using System;
using System.Threading.Tasks;
using FastRun.Http;
using FastRun.Layers.Hosting;
using FastRun.Layers.Oci;

namespace FastRun.RegistryApi;

/// <summary>Manifests to read, to push and to delete (distribution-spec 1.1, "Pulling manifests", "Pushing Manifests").</summary>
internal sealed class ManifestRequests(IHostedContent content, RegistryDirectory? directory, RegistryOptions options)
{
    internal async Task GetAsync(HttpExchange exchange, RepositoryName repository, string reference)
    {
        HostedManifest manifest = await content.FindManifestAsync(repository, Require(reference, repository), exchange.Aborted)
            ?? throw Unknown(reference, repository);
        string tag = $"\"{manifest.Digest}\"";
        exchange.ResponseHeaders.ETag = tag;
        exchange.ResponseHeaders["Docker-Content-Digest"] = manifest.Digest.ToString();
        if (manifest.IsStale)
        {
            // RFC 9111, section 5.5, has it as obsolete, but there is no other word for it.
            exchange.ResponseHeaders.Warning = "110 fastrun \"Response is Stale\"";
        }

        await (BlobRequests.Mentions(exchange.RequestHeaders.IfNoneMatch.ToString(), tag)
            ? exchange.AnswerAsync(304)
            : exchange.AnswerAsync(200, manifest.MediaType, manifest.Bytes));
    }

    internal async Task PutAsync(HttpExchange exchange, RepositoryName repository, string text)
    {
        RegistryDirectory owner = directory ?? throw new HostingException(HostingFault.Unsupported, "this registry takes no pushes");
        ManifestReference reference = Require(text, repository);
        byte[] bytes = await ReadAsync(exchange);
        Digest digest = owner.PutManifest(repository, reference, MediaType(exchange), bytes, out Digest? subject);
        exchange.ResponseHeaders.Location = $"/v2/{repository}/manifests/{digest}";
        exchange.ResponseHeaders["Docker-Content-Digest"] = digest.ToString();
        if (subject is { } referred)
        {
            exchange.ResponseHeaders["OCI-Subject"] = referred.ToString();
        }

        await exchange.AnswerAsync(201);
    }

    internal Task DeleteAsync(HttpExchange exchange, RepositoryName repository, string reference)
    {
        RegistryDirectory owner = options.AllowDelete && directory is not null ? directory : throw BlobRequests.NoDeletion();
        return owner.DeleteManifest(repository, Require(reference, repository))
            ? exchange.AnswerAsync(202)
            : throw Unknown(reference, repository);
    }

    private static ManifestReference Require(string text, RepositoryName repository)
    {
        if (ManifestReference.TryParse(text, out ManifestReference reference))
        {
            return reference;
        }

        throw text.Contains(':', StringComparison.Ordinal)
            ? new HostingException(HostingFault.DigestInvalid, "the digest is invalid: sha256:<64 hex> or sha512:<128 hex> is one")
            : new HostingException(HostingFault.ManifestInvalid, $"that is neither a digest nor a tag in {repository}");
    }

    /// <summary>The media type without its parameters; null where none is said that tells anything.</summary>
    private static string? MediaType(HttpExchange exchange)
    {
        string type = exchange.RequestHeaders.ContentType.ToString().Split(';')[0].Trim();
        return type is "" or "application/json" or "application/octet-stream" ? null : type;
    }

    private static async Task<byte[]> ReadAsync(HttpExchange exchange)
    {
        const int limit = RegistryDirectory.MaxManifestSize;
        if (exchange.RequestLength > limit)
        {
            throw TooLarge();
        }

        byte[] buffer = new byte[(exchange.RequestLength ?? (64 << 10)) + 1];
        int length = 0;
        while (true)
        {
            int read = await exchange.RequestBody.ReadAsync(buffer.AsMemory(length), exchange.Aborted);
            length += read;
            if (length > limit)
            {
                throw TooLarge();
            }

            if (read == 0)
            {
                return buffer[..length];
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, limit + 1));
            }
        }
    }

    private static HostingException TooLarge() => new(HostingFault.TooLarge, "the manifest is larger than 4 MiB");

    private static HostingException Unknown(string reference, RepositoryName repository) =>
        new(HostingFault.ManifestUnknown, $"the manifest {reference} is not in {repository}");
}
