using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>The forms in which builders put a tar into members and frames.</summary>
public sealed class BlobFramingTests
{
    private static readonly byte[] s_tar = new TarBuilder()
        .Directory("d/").File("d/f", string.Concat(Enumerable.Range(0, 2000))).File("d/g", "x").End();

    private static Digest DiffId => Digest.FromSha256(SHA256.HashData(s_tar));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Unpack_BlobComesByteByByte_GivesTheTar(int kind)
    {
        byte[] blob = kind switch
        {
            0 => s_tar,
            1 => [.. MemoryLayer.Compress(s_tar[..900]), .. MemoryLayer.Compress(s_tar[900..])],
            _ => [.. Zstd(s_tar[..900]), .. Skippable(40), .. Zstd(s_tar[900..])],
        };
        Unpack(new MemoryLayer(blob, DiffId) { LargestRead = 1 });
    }

    /// <summary>A member per entry, and an empty one at the end whose extra field says where the table of contents is.</summary>
    [Fact]
    public void Unpack_EStargz_GivesTheTar()
    {
        byte[] footer =
        [
            0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 26, 0, (byte)'S', (byte)'G', 22, 0,
            .. Encoding.ASCII.GetBytes("0000000000000400STARGZ"), 1, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        byte[] blob =
        [
            .. s_tar.Chunk(512).SelectMany(MemoryLayer.Compress), .. footer,
        ];
        Unpack(new MemoryLayer(blob, DiffId));
    }

    /// <summary>Frames of chunks, then the manifest and the footer as skippable frames.</summary>
    [Fact]
    public void Unpack_ZstdChunked_GivesTheTar()
    {
        byte[] blob = [.. s_tar.Chunk(700).SelectMany(Zstd), .. Skippable(200), .. Skippable(64)];
        Unpack(new MemoryLayer(blob, DiffId));
    }

    [Theory]
    [InlineData(27, LayerErrorKind.Truncated)]
    [InlineData(28, LayerErrorKind.Malformed)]
    [InlineData(41, LayerErrorKind.Malformed)]
    public void Unpack_ZstdWindow_IsAllowedUpTo128MiB(int windowLog, LayerErrorKind expected)
    {
        // RFC 8878, 3.1.1.1.2: a frame header with nothing but the window, and a compressed block that is missing.
        byte[] blob = [0x28, 0xB5, 0x2F, 0xFD, 0, (byte)((windowLog - 10) << 3), 0x05, 0x01, 0x00];
        Assert.Equal(expected, Assert.Throws<LayerException>(() => Unpack(new MemoryLayer(blob, DiffId))).Kind);
    }

    [Fact]
    public void Unpack_WrongGzipChecksum_IsRefusedAlthoughBothDigestsMatch()
    {
        byte[] blob = MemoryLayer.Compress(s_tar);
        blob[^5] ^= 1;
        Assert.Equal(
            LayerErrorKind.Malformed, Assert.Throws<LayerException>(() => Unpack(new MemoryLayer(blob, DiffId))).Kind);
    }

    private static void Unpack(MemoryLayer layer)
    {
        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        MemoryStream remade = new();
        pipeline.WriteTar(Assert.Single(pipeline.Assemble([layer])), remade);
        Assert.Equal(s_tar, remade.ToArray());
    }

    private static byte[] Skippable(byte size) => [0x5A, 0x2A, 0x4D, 0x18, size, 0, 0, 0, .. new byte[size]];

    private static byte[] Zstd(byte[] content)
    {
        MemoryStream blob = new();
        using ZstdWriteStream zstd = new(blob, level: 3);
        zstd.Write(content);
        zstd.Complete();
        return blob.ToArray();
    }
}
