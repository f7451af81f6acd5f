using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;

namespace FastRun.TestRegistry;

/// <summary>
/// A registry on loopback that speaks HTTP/1.1 by hand, so that a test can break any rule of it at any byte. Content is
/// served from what was added; <see cref="Answer"/> may answer a request in another way, or not at all.
/// </summary>
internal sealed class FaultyRegistry : IDisposable
{
    private const string ManifestPart = "/manifests/";
    private const string BlobPart = "/blobs/";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentDictionary<string, (byte[] Content, string Type)> _manifests = new();
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private volatile bool _stopped;
    private int _tlsResets;

    /// <summary>Listens at once; with a certificate, TLS is spoken.</summary>
    internal FaultyRegistry(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        Authority = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        new Thread(Accept) { IsBackground = true, Name = "faulty registry" }.Start();
    }

    /// <summary>Answers a request itself, and returns true; or returns false, to have it answered as it should be.</summary>
    internal Func<FaultyExchange, bool> Answer { get; set; } = static _ => false;

    /// <summary>How many bytes of a request's body are read before its connection is reset; null for all of it.</summary>
    internal Func<FaultyRequest, int?> BodyLimit { get; set; } = static _ => null;

    /// <summary>What clients push.</summary>
    internal FaultyUploads Uploads { get; } = new();

    /// <summary>The certificate that clients must show; null where none is asked for.</summary>
    internal X509Certificate2? ClientCertificate { get; set; }

    /// <summary>Whether a client that speaks TLS where it is not spoken gets a reset; else the connection ends.</summary>
    internal bool ResetsTls { get; set; }

    /// <summary>How often that was done.</summary>
    internal int TlsResets => _tlsResets;

    /// <summary>All requests so far, in the order of their arrival.</summary>
    internal ConcurrentQueue<FaultyRequest> Requests { get; } = new();

    /// <summary>Host and port, as a reference names a registry.</summary>
    internal string Authority { get; }

    /// <summary>The address.</summary>
    internal string Address => (_certificate is null ? "http://" : "https://") + Authority;

    /// <summary>Adds a manifest under its digest and, if one is given, a tag.</summary>
    /// <returns>The digest.</returns>
    internal string AddManifest(byte[] content, string mediaType, string? tag = null)
    {
        string digest = DigestOf(content);
        _manifests[digest] = (content, mediaType);
        if (tag is not null)
        {
            _manifests[tag] = (content, mediaType);
        }

        return digest;
    }

    /// <summary>Adds a blob.</summary>
    /// <returns>Its digest.</returns>
    internal string AddBlob(byte[] content)
    {
        string digest = DigestOf(content);
        _blobs[digest] = content;
        return digest;
    }

    internal static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public void Dispose()
    {
        _stopped = true;
        _listener.Stop();
        foreach (Socket socket in _open.Keys)
        {
            socket.Dispose();
        }
    }

    private void Accept()
    {
        while (!_stopped)
        {
            Socket socket;
            try
            {
                socket = _listener.AcceptSocket();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            new Thread(() => Serve(socket)) { IsBackground = true, Name = "faulty registry" }.Start();
        }
    }

    private void Serve(Socket socket)
    {
        _open[socket] = true;
        try
        {
            socket.NoDelay = true;
            using Stream stream = Encrypted(new NetworkStream(socket, ownsSocket: true));
            if (ResetsTls)
            {
                byte[] first = new byte[1];
                if (socket.Receive(first, SocketFlags.Peek) == 1 && first[0] == FaultyRequest.TlsHandshake)
                {
                    Interlocked.Increment(ref _tlsResets);
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                }
            }

            while (!_stopped && FaultyRequest.TryRead(stream, BodyLimit) is { } request)
            {
                Requests.Enqueue(request);
                FaultyExchange exchange = new(request, socket, stream);
                if (!Answer(exchange))
                {
                    AnswerWell(exchange);
                }

                if (exchange.IsClosed || request.Header("Connection") == "close")
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, or the test ended.
        }
        finally
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
        }
    }

    private Stream Encrypted(NetworkStream stream)
    {
        if (_certificate is null)
        {
            return stream;
        }

        SslStream encrypted = new(stream);
        encrypted.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = _certificate,
            ClientCertificateRequired = ClientCertificate is not null,
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                ClientCertificate is not { } expected || shown?.GetCertHashString() == expected.GetCertHashString(),
        });
        return encrypted;
    }

    /// <summary>A manifest by its tag or digest.</summary>
    internal byte[]? Manifest(string reference) =>
        _manifests.TryGetValue(reference, out (byte[] Content, string Type) found) ? found.Content : null;

    /// <summary>A blob.</summary>
    internal byte[]? Blob(string digest) => _blobs.TryGetValue(digest, out byte[]? found) ? found : null;

    /// <summary>Answers as a registry should; also for a test that looks first.</summary>
    internal void AnswerWell(FaultyExchange exchange)
    {
        string path = exchange.Request.Path;
        if (exchange.Request is { Method: "PUT" } put && path.Contains(ManifestPart, StringComparison.Ordinal))
        {
            string reference = path[(path.IndexOf(ManifestPart, StringComparison.Ordinal) + ManifestPart.Length)..];
            string digest = AddManifest(put.Content, put.Header("Content-Type"), reference);
            exchange.Respond(201, [], $"Location: {path}", $"Docker-Content-Digest: {digest}");
            return;
        }

        if (path.Contains(FaultyUploads.Part, StringComparison.Ordinal))
        {
            Uploads.Answer(exchange, content => AddBlob(content), digest => _blobs.ContainsKey(digest));
            return;
        }

        int manifest = path.IndexOf(ManifestPart, StringComparison.Ordinal);
        int blob = path.IndexOf(BlobPart, StringComparison.Ordinal);
        if (manifest >= 0 && _manifests.TryGetValue(path[(manifest + ManifestPart.Length)..], out (byte[] Content, string Type) found))
        {
            exchange.Respond(
                200, found.Content, $"Content-Type: {found.Type}", "Docker-Content-Digest: " + DigestOf(found.Content));
        }
        else if (blob >= 0 && _blobs.TryGetValue(path[(blob + BlobPart.Length)..], out byte[]? content))
        {
            exchange.RespondBlob(content);
        }
        else
        {
            exchange.RespondError(404, manifest >= 0 ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN", "not here");
        }
    }
}
