using System.IO;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;

namespace FastRun.Fuzz;

/// <summary>A layer whose blob is in memory and has the digest that it should have.</summary>
internal sealed class MemoryBlob(byte[] blob, Digest diffId) : LayerSource
{
    public override string MediaType => MediaTypes.OciLayer;

    public override Digest Digest { get; } = Digest.FromSha256(SHA256.HashData(blob));

    public override long Size => blob.Length;

    public override Digest DiffId => diffId;

    internal static MemoryBlob Plain(byte[] tar) => new(tar, Digest.FromSha256(SHA256.HashData(tar)));

    public override Stream Open() => new MemoryStream(blob, writable: false);
}
