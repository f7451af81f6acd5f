using System;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>A layer whose blob is in memory, and which may lie about it.</summary>
internal sealed class MemoryLayer(byte[] blob, Digest diffId) : LayerSource
{
    internal int Opened { get; private set; }

    public override string MediaType => "application/vnd.oci.image.layer.v1.tar";

    public override Digest Digest => PromisedDigest ?? Digest.FromSha256(SHA256.HashData(blob));

    public override long Size => PromisedSize ?? blob.Length;

    public override Digest DiffId => diffId;

    internal Digest? PromisedDigest { get; init; }

    internal long? PromisedSize { get; init; }

    /// <summary>No read of the blob gives more.</summary>
    internal int LargestRead { get; init; } = int.MaxValue;

    internal static MemoryLayer Plain(byte[] tar) => new(tar, Digest.FromSha256(SHA256.HashData(tar)));

    internal static MemoryLayer Gzip(byte[] tar) => new(Compress(tar), Digest.FromSha256(SHA256.HashData(tar)));

    internal static byte[] Compress(byte[] content)
    {
        MemoryStream blob = new();
        using (GZipStream gzip = new(blob, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return blob.ToArray();
    }

    public override Stream Open()
    {
        Opened++;
        return new ShortReads(blob, LargestRead);
    }

    private sealed class ShortReads(byte[] content, int largest) : MemoryStream(content, writable: false)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(largest, buffer.Length)]);
    }
}
