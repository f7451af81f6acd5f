using System;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <summary>The sha256 of the beginning of an upload, as chunks come.</summary>
internal sealed class UploadHash : IDisposable
{
    private const int Block = 256 << 10;

    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many bytes are hashed.</summary>
    internal long Length { get; private set; }

    /// <summary>Hashes what comes next.</summary>
    internal void Append(ReadOnlySpan<byte> content)
    {
        _sha256.AppendData(content);
        Length += content.Length;
    }

    /// <summary>Whether a file of this length has the digest; read again where what is hashed is not all of it.</summary>
    internal bool Matches(Fd file, long length, Digest digest)
    {
        if (digest.Algorithm == "sha256" && Length == length)
        {
            return Digest.FromSha256(_sha256.GetCurrentHash()) == digest;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(
            digest.Algorithm == "sha256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);
        byte[] block = new byte[Block];
        long offset = 0;
        for (int read; (read = FileContent.ReadAt(file, block, offset)) > 0; offset += read)
        {
            hash.AppendData(block, 0, read);
        }

        return offset == length && Convert.ToHexStringLower(hash.GetHashAndReset()) == digest.Hex;
    }

    /// <inheritdoc/>
    public void Dispose() => _sha256.Dispose();
}
