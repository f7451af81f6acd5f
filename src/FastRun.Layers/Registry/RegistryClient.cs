using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry;

/// <summary>
/// One repository of one registry, to pull from (OCI distribution-spec 1.1, "Pull"), or with <c>Upload/</c> to push to. Blocking;
/// several threads may use one. A pull asks mirrors first, the registry itself last; where all fail, its own failure is thrown.
/// </summary>
public sealed class RegistryClient : IDisposable
{
    private const string ManifestTypes =
        $"{MediaTypes.OciIndex}, {MediaTypes.OciManifest}, {MediaTypes.DockerList}, {MediaTypes.DockerManifest}";

    private const int MaxForeignUrls = 8;

    private readonly RegistryClientOptions _options;
    private readonly HttpTransport _transport;
    private readonly List<EndpointSession> _sessions;
    private readonly HashSet<EndpointSession> _out = [];
    private readonly string _name;

    /// <summary>Prepares a client; nothing is sent yet.</summary>
    /// <param name="name">Names the registry and the repository; tag and digest do not matter.</param>
    /// <param name="options">Configuration, credentials, time-outs.</param>
    /// <param name="pushes">Whether it is pushed to: then no mirror is asked, and tokens allow that.</param>
    public RegistryClient(ImageReference name, RegistryClientOptions options, bool pushes = false)
    {
        _options = options;
        _name = name.FamiliarName;
        _transport = new HttpTransport(options.Configuration, options.Timeouts, options.Stop);
        _sessions = [.. options.Configuration.EndpointsOf(name.Registry).Where(endpoint => !pushes || !endpoint.IsMirror)
            .Select(endpoint => new EndpointSession(endpoint, name.Repository, _name, _transport, options, pushes))];
    }

    /// <summary>Fetches the manifest or index that a reference names: its digest's where it has one, else its tag's.</summary>
    /// <exception cref="RegistryException">It cannot be had, or is not what its digest says.</exception>
    public ManifestResponse FetchManifest(ImageReference reference)
    {
        string subject = reference.ToFamiliarString();
        return Ask(ManifestRequest(HttpMethod.Get, reference), (session, response) =>
        {
            byte[] body = ResponseBody.TryRead(response, StrictJson.MaxSize) ?? throw new RegistryException(
                RegistryErrorKind.TooLarge, $"{subject}: {session.Endpoint}: the manifest is larger than 4 MiB");
            Digest? promised = reference.Digest ?? StatedDigest(response);
            Digest digest = ComputeDigest(promised?.Algorithm ?? "sha256", body);
            return promised is null || promised == digest
                ? new ManifestResponse(body, ManifestType(response), digest)
                : throw new RegistryException(
                    RegistryErrorKind.DigestMismatch,
                    $"{subject}: {session.Endpoint}: the manifest has the digest {digest}, not {promised}");
        });
    }

    /// <summary>Asks for the digest that a tag has now, without the manifest.</summary>
    /// <exception cref="RegistryException">It cannot be had.</exception>
    public Digest ResolveDigest(ImageReference reference)
    {
        Digest? stated = Ask(ManifestRequest(HttpMethod.Head, reference), static (_, response) => StatedDigest(response));
        return stated ?? FetchManifest(reference).Digest;
    }

    /// <summary>Fetches a small blob, a config for example, and verifies it.</summary>
    /// <exception cref="RegistryException">It cannot be had, or is not what its descriptor says.</exception>
    public byte[] FetchBlob(Descriptor descriptor)
    {
        string subject = SubjectOf(descriptor.Digest);
        if (descriptor.Size > StrictJson.MaxSize)
        {
            throw new RegistryException(RegistryErrorKind.TooLarge, $"{subject}: larger than 4 MiB");
        }

        byte[] content = new byte[descriptor.Size];
        while (true)
        {
            using BlobStream stream = OpenBlob(descriptor);
            int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            Digest digest = ComputeDigest(descriptor.Digest.Algorithm, content.AsSpan(0, length));
            if (digest == descriptor.Digest)
            {
                return content;
            }

            if (!stream.AvoidMirrors())
            {
                throw new RegistryException(
                    RegistryErrorKind.DigestMismatch, $"{subject}: the content has the digest {digest}");
            }
        }
    }

    /// <summary>
    /// Opens a blob. Nothing is sent before the first read; a connection that breaks is replaced, and the stream goes on
    /// where it was. The stream gives exactly the bytes of the descriptor's size or fails, but does not verify its digest.
    /// </summary>
    internal BlobStream OpenBlob(Descriptor descriptor) => new(this, descriptor, _options);

    /// <summary>All tags of the repository, in the registry's order.</summary>
    /// <exception cref="RegistryException">They cannot be had.</exception>
    public IReadOnlyList<string> ListTags() => new TagList(this, _name).Fetch();

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    /// <summary>The repository as messages call it.</summary>
    internal string Name => _name;

    /// <summary>Time-outs and the like.</summary>
    internal RegistryClientOptions Options => _options;

    /// <summary>What a blob is called in messages.</summary>
    internal string SubjectOf(Digest digest) => $"{_name}@{digest}";

    /// <summary>Asks one endpoint after the other until one gives an answer that stands.</summary>
    internal T Ask<T>(RegistryRequest request, Func<EndpointSession, HttpResponseMessage, T> read)
    {
        for (int i = 0; ; i++)
        {
            EndpointSession session = _sessions[i];
            bool isLast = i == _sessions.Count - 1;
            if (!isLast && IsOut(session))
            {
                continue;
            }

            try
            {
                HttpResponseMessage response = session.Send(request);
                using HttpResponseMessage? owned = typeof(T) == typeof(HttpResponseMessage) ? null : response;
                return Read(request, session, response, read);
            }
            catch (RegistryException e) when (!isLast && (session.Endpoint.IsMirror || e.IsConnectionFailure))
            {
                if (e.IsConnectionFailure)
                {
                    MarkOut(session);
                }
            }
        }
    }

    /// <summary>Asks the addresses of a foreign layer, as one who is nobody's client; null where none has it.</summary>
    internal HttpResponseMessage? AskElsewhere(RegistryRequest request, IReadOnlyList<string> urls)
    {
        foreach (string url in urls.Take(MaxForeignUrls))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.UserInfo.Length > 0)
            {
                continue;
            }

            bool verifies = _options.Configuration.VerifiesTls(uri.Authority);
            if (uri.Scheme != Uri.UriSchemeHttps && (verifies || uri.Scheme != Uri.UriSchemeHttp))
            {
                continue;
            }

            HttpRequestMessage message = new(request.Method, uri);
            message.Headers.Range = request.Range;
            try
            {
                HttpResponseMessage response = _transport.Send(message, verifies, authorization: null);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                response.Dispose();
            }
            catch (Exception e) when (TransportFault.Is(e) || e is RegistryException)
            {
                // The next one may have it; where none has, the registry's answer counts.
                _options.Stop.ThrowIfCancellationRequested();
            }
        }

        return null;
    }

    private T Read<T>(
        RegistryRequest request, EndpointSession session, HttpResponseMessage response, Func<EndpointSession, HttpResponseMessage, T> read)
    {
        try
        {
            return read(session, response);
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            throw TransportFault.Describe(request.Subject, session.Endpoint.ToString(), e, _options.Stop);
        }
    }

    /// <summary>Asks none of some mirrors again; false where there is no mirror among them.</summary>
    internal bool Avoid(IEnumerable<EndpointSession> sessions)
    {
        bool isAny = false;
        foreach (EndpointSession session in sessions.Where(static session => session.Endpoint.IsMirror))
        {
            MarkOut(session);
            isAny = true;
        }

        return isAny;
    }

    private bool IsOut(EndpointSession session)
    {
        lock (_out)
        {
            return _out.Contains(session);
        }
    }

    private void MarkOut(EndpointSession session)
    {
        lock (_out)
        {
            _out.Add(session);
        }
    }

    private static RegistryRequest ManifestRequest(HttpMethod method, ImageReference reference) => new(
        method,
        $"manifests/{reference.Digest?.ToString() ?? reference.Tag ?? ImageReference.DefaultTag}",
        reference.ToFamiliarString())
    {
        Accept = ManifestTypes,
    };

    internal static Digest? StatedDigest(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values)
            && Digest.TryParse(values.First(), out Digest digest)
            ? digest
            : null;

    private static string? ManifestType(HttpResponseMessage response)
    {
        string? type = response.Content.Headers.ContentType?.MediaType;
        return MediaTypes.IsIndex(type) || MediaTypes.IsManifest(type) ? type : null;
    }

    private static Digest ComputeDigest(string algorithm, ReadOnlySpan<byte> content) => algorithm == "sha256"
        ? Digest.FromSha256(SHA256.HashData(content))
        : Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData(content)));
}
