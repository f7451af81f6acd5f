using System;
using System.IO;
using System.Security.Cryptography;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>
/// A blob on its way to the decompressor: counts and hashes what passes. <see cref="Verify"/> takes what nobody read (bytes
/// behind the compressed data) and compares size and digest with what the manifest promised.
/// </summary>
internal sealed class VerifiedBlobStream(LayerSource source, LayerProgress progress) : ReadOnlyStream
{
    private readonly Stream _blob = source.Open();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(
        source.Digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    private long _length;

    public override int Read(Span<byte> buffer)
    {
        int read = _blob.Read(buffer);
        _hash.AppendData(buffer[..read]);
        _length += read;
        progress.AddBlobBytes(read);
        return _length <= source.Size
            ? read
            : throw new LayerException(
                LayerErrorKind.DigestMismatch, $"the blob is longer than the {source.Size} bytes promised");
    }

    /// <summary>Reads to the end and compares.</summary>
    /// <exception cref="LayerException">It is not the blob that was promised.</exception>
    internal void Verify()
    {
        Span<byte> rest = stackalloc byte[4096];
        while (Read(rest) > 0)
        {
        }

        if (_length != source.Size)
        {
            throw new LayerException(
                LayerErrorKind.Truncated, $"the blob has {_length} bytes, {source.Size} were promised");
        }

        string hex = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (hex != source.Digest.Hex)
        {
            throw new LayerException(
                LayerErrorKind.DigestMismatch, $"the blob has the digest {source.Digest.Algorithm}:{hex}");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _blob.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
