using System;
using System.Buffers;
using System.Security.Cryptography;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>A file that ADD fetches over http or https. Redirects are followed, but not from https to http; no credentials are sent.</summary>
internal sealed class RemoteFile : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly BuildSession _session;
    private readonly Uri _uri;
    private string? _checksum;
    private Fd? _content;

    private RemoteFile(BuildSession session, Uri uri, string url) => (_session, _uri, Url) = (session, uri, url);

    /// <summary>Where it comes from.</summary>
    internal string Url { get; }

    /// <summary>
    /// What it holds: a file without a name, open for reading. Fetched now where the server said that it is what it was.
    /// </summary>
    /// <exception cref="EngineException">It is something else now.</exception>
    internal Fd Content
    {
        get
        {
            if (_content is null)
            {
                _content = _session.Images.Download(_uri, Url, _session.Registries);
                Digest now = DigestOf(_content);
                if (now != Digest)
                {
                    throw _checksum is null ? new EngineException(ErrorKind.Conflict, $"{Url}: it changed while it was added") : Mismatch(now, _checksum);
                }
            }

            return _content;
        }
    }

    /// <summary>The digest of <see cref="Content"/>, for the cache key.</summary>
    internal Digest Digest { get; private set; }

    /// <summary>The last part of the URL's path; empty where there is none.</summary>
    internal string Name { get; private init; } = "";

    /// <summary>When the server says that it was changed last; the beginning of 1970 where it does not say.</summary>
    internal FileTime Modified { get; private set; }

    /// <summary>Whether a source of ADD is such a URL.</summary>
    internal static bool Is(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fetches it, unless the server says that it is what it was, or its checksum does.</summary>
    /// <param name="session">The build.</param>
    /// <param name="url">Where.</param>
    /// <param name="checksum">What its digest must be (<c>--checksum</c>); null for anything.</param>
    /// <exception cref="EngineException">The URL or the checksum is wrong, or it has another digest.</exception>
    internal static RemoteFile Fetch(BuildSession session, string url, string? checksum)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.UserInfo.Length > 0)
        {
            throw EngineException.Invalid($"{url}: not a URL that can be added");
        }

        if (checksum is not null && !(checksum.StartsWith("sha256:", StringComparison.Ordinal) && Digest.TryParse(checksum, out _)))
        {
            throw EngineException.Invalid($"invalid checksum digest format: {checksum}");
        }

        string name = Uri.UnescapeDataString(uri.AbsolutePath[(uri.AbsolutePath.LastIndexOf('/') + 1)..]);
        RemoteFile file = new(session, uri, uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped))
        {
            _checksum = checksum,
            Name = name is "." or ".." || name.AsSpan().ContainsAny('/', '\0') ? "" : name,
        };
        try
        {
            file.Identify(checksum);
            return checksum is null || checksum == file.Digest.ToString()
                ? file
                : throw Mismatch(file.Digest, checksum);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _content?.Dispose();

    private static EngineException Mismatch(Digest digest, string checksum) =>
        new(ErrorKind.CorruptContent, $"digest mismatch {digest}: {checksum}");

    private void Identify(string? checksum)
    {
        string key = new CacheKey("url-1").Add(_uri.AbsoluteUri).Finish();
        FetchedRecord? before = FetchedRecords.TryRead(_session.Layout, key);
        if (before is null || before.Digest != checksum)
        {
            DownloadValidators? known = before is { Validators.IsAny: true } ? before.Validators : null;
            _content = _session.Images.DownloadChanged(_uri, Url, _session.Registries, known, out DownloadValidators now, out DateTimeOffset? modified);
            if (_content is not null)
            {
                before = new FetchedRecord { Digest = DigestOf(_content).ToString(), Modified = modified?.ToUnixTimeSeconds() ?? 0, Validators = now };
                FetchedRecords.Write(_session.Layout, key, before);
            }
        }

        Digest = Digest.Parse(before!.Digest);
        Modified = new FileTime(before.Modified, 0);
    }

    private static Digest DigestOf(Fd content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        long at = 0;
        int read;
        while ((read = FileContent.ReadAt(content, buffer, at)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            at += read;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return Digest.FromSha256(hash.GetHashAndReset());
    }
}
