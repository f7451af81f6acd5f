using System.IO;
using System.Security.Cryptography;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Pipeline;

/// <summary>The layer of an image that has none: a tar without entries, because a root needs at least one directory.</summary>
internal sealed class EmptyLayer : LayerSource
{
    private static readonly byte[] s_tar = new byte[1024];

    public override string MediaType => "application/vnd.oci.image.layer.v1.tar";

    public override Digest Digest { get; } = Digest.FromSha256(SHA256.HashData(s_tar));

    public override long Size => s_tar.Length;

    public override Digest DiffId => Digest;

    public override Stream Open() => new MemoryStream(s_tar, writable: false);
}
