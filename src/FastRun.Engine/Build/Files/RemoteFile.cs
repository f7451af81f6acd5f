using System;
using System.Buffers;
using System.Security.Cryptography;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>A file that ADD fetches over http or https. Redirects are followed, but not from https to http; no credentials are sent.</summary>
internal sealed class RemoteFile : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private RemoteFile(string url, Fd content) => (Url, Content) = (url, content);

    /// <summary>Where it comes from.</summary>
    internal string Url { get; }

    /// <summary>What it holds: a file without a name, open for reading.</summary>
    internal Fd Content { get; }

    /// <summary>The digest of <see cref="Content"/>, for the cache key.</summary>
    internal Digest Digest { get; private set; }

    /// <summary>The last part of the URL's path; empty where there is none.</summary>
    internal string Name { get; private init; } = "";

    /// <summary>When the server says that it was changed last; the beginning of 1970 where it does not say.</summary>
    internal FileTime Modified { get; private init; }

    /// <summary>Whether a source of ADD is such a URL.</summary>
    internal static bool Is(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fetches it.</summary>
    /// <param name="store">Downloads.</param>
    /// <param name="url">Where.</param>
    /// <param name="checksum">What its digest must be (<c>--checksum</c>); null for anything.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="EngineException">The URL or the checksum is wrong, or it has another digest.</exception>
    internal static RemoteFile Fetch(ImageStore store, string url, string? checksum, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.UserInfo.Length > 0)
        {
            throw EngineException.Invalid($"{url}: not a URL that can be added");
        }

        if (checksum is not null && !(checksum.StartsWith("sha256:", StringComparison.Ordinal) && Digest.TryParse(checksum, out _)))
        {
            throw EngineException.Invalid($"invalid checksum digest format: {checksum}");
        }

        string shown = uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        Fd content = store.Download(uri, shown, RegistryAccess.Options(cancellation), out DateTimeOffset? modified);
        string name = Uri.UnescapeDataString(uri.AbsolutePath[(uri.AbsolutePath.LastIndexOf('/') + 1)..]);
        RemoteFile file = new(shown, content)
        {
            Name = name is "." or ".." || name.AsSpan().ContainsAny('/', '\0') ? "" : name,
            Modified = new FileTime(modified?.ToUnixTimeSeconds() ?? 0, 0),
        };
        try
        {
            file.Digest = DigestOf(content);
            return checksum is null || checksum == file.Digest.ToString()
                ? file
                : throw new EngineException(ErrorKind.CorruptContent, $"digest mismatch {file.Digest}: {checksum}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => Content.Dispose();

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
