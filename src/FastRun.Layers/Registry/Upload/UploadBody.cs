using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Registry.Upload;

/// <summary>
/// A blob from an offset to its end, as the body of a request. The source is read from its beginning each time, so that all its
/// bytes are hashed: what the registry has already is passed over here.
/// </summary>
internal sealed class UploadBody : HttpContent
{
    private const int BufferSize = 128 << 10;

    private readonly UploadSource _source;
    private readonly long _offset;
    private readonly Action<long> _sent;

    /// <summary>Prepares it; nothing is read yet.</summary>
    /// <param name="source">The blob.</param>
    /// <param name="offset">How many bytes the registry has already.</param>
    /// <param name="sent">Hears how many bytes of the blob the registry may have now.</param>
    internal UploadBody(UploadSource source, long offset, Action<long> sent)
    {
        (_source, _offset, _sent) = (source, offset, sent);
        Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
        if (source.Size is { } size && size > 0)
        {
            // The distribution-spec has it without a unit.
            Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{size - 1}"));
        }
    }

    /// <summary>The blob's digest and length, once all of it was sent; null before.</summary>
    internal (Digest Digest, long Size)? Sent { get; private set; }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using Stream blob = Guarded(_source.Open);
            using IncrementalHash hash = IncrementalHash.CreateHash(
                _source.Digest?.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
            long position = 0;
            int count;
            while ((count = Guarded(() => blob.Read(buffer, 0, BufferSize))) > 0)
            {
                hash.AppendData(buffer, 0, count);
                int known = (int)Math.Clamp(_offset - position, 0, count);
                position += count;
                stream.Write(buffer, known, count - known);
                _sent(position);
            }

            Sent = (Guarded(() => Finish(hash, position)), position);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        SerializeToStream(stream, context, CancellationToken.None);
        return Task.CompletedTask;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = (_source.Size ?? 0) - _offset;
        return _source.Size is not null;
    }

    private Digest Finish(IncrementalHash hash, long length)
    {
        Digest digest = Oci.Digest.Parse(
            $"{_source.Digest?.Algorithm ?? "sha256"}:{Convert.ToHexStringLower(hash.GetHashAndReset())}");
        return (_source.Digest ?? digest) == digest && (_source.Size ?? length) == length
            ? digest
            : throw new RegistryException(RegistryErrorKind.DigestMismatch, $"the blob {_source.Digest} came with the digest {digest}");
    }

    /// <summary>What the source throws must not look like a fault of the connection.</summary>
    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
        {
            throw new UploadFailedException(exception);
        }
    }
}
