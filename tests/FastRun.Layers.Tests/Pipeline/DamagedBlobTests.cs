using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;
using FastRun.Native;
using FastRun.Native.Mounts;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>Blobs that are not what was promised, in each compression, and that no disk can hold.</summary>
public sealed class DamagedBlobTests
{
    private static readonly byte[] s_tar = new TarBuilder().Directory("d/").File("d/f", Noise()).End();

    private static Digest DiffId => Digest.FromSha256(SHA256.HashData(s_tar));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Unpack_EveryCompression_GivesTheTar(int kind)
    {
        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        string id = Assert.Single(pipeline.Assemble([new MemoryLayer(Compress(kind), DiffId)]));
        MemoryStream remade = new();
        pipeline.WriteTar(id, remade);
        Assert.Equal(s_tar, remade.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Unpack_CutShortWithAMatchingDigest_IsTruncated(int kind)
    {
        byte[] blob = Compress(kind);
        LayerErrorKind failure = Failure(new MemoryLayer(blob[..(blob.Length / 2)], DiffId));
        Assert.Equal(LayerErrorKind.Truncated, failure);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Unpack_AnyByteFlipped_Fails(int kind)
    {
        byte[] blob = Compress(kind);
        foreach (int at in new[] { 0, 1, 5, blob.Length / 2, blob.Length - 1 })
        {
            byte[] damaged = [.. blob];
            damaged[at] ^= 0x55;
            MemoryLayer layer = new(damaged, DiffId) { PromisedDigest = Digest.FromSha256(SHA256.HashData(blob)) };
            Assert.Throws<LayerException>(() => Assemble(layer));
        }
    }

    [Fact]
    public void Unpack_ShorterThanPromised_IsTruncated() =>
        Assert.Equal(
            LayerErrorKind.Truncated,
            Failure(new MemoryLayer(s_tar, DiffId) { PromisedSize = s_tar.Length + 1 }));

    [Fact]
    public void Unpack_LongerThanPromised_IsRefused() =>
        Assert.Equal(
            LayerErrorKind.DigestMismatch,
            Failure(new MemoryLayer(s_tar, DiffId) { PromisedSize = s_tar.Length - 1 }));

    [Fact]
    public void Unpack_OtherBlobDigest_IsAMismatch() =>
        Assert.Equal(
            LayerErrorKind.DigestMismatch,
            Failure(new MemoryLayer(s_tar, DiffId) { PromisedDigest = Digest.FromSha256(new byte[32]) }));

    [Fact]
    public void Unpack_OtherDiffId_IsAMismatch()
    {
        LayerException thrown = Assert.Throws<LayerException>(
            () => Assemble(new MemoryLayer(s_tar, Digest.FromSha256(new byte[32]))));
        Assert.Equal(LayerErrorKind.DigestMismatch, thrown.Kind);
        Assert.Equal($"layer sha256:{new string('0', 64)}: its tar has the digest {DiffId}", thrown.Message);
    }

    [Fact]
    public void Unpack_GzipMembersAndZstdFrames_AreOneStream()
    {
        byte[] first = s_tar[..700];
        byte[] second = s_tar[700..];
        Assemble(new MemoryLayer([.. MemoryLayer.Compress(first), .. MemoryLayer.Compress(second)], DiffId));
        byte[] skippable = [0x52, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        Assemble(new MemoryLayer([.. skippable, .. Zstd(first), .. skippable, .. Zstd(second)], DiffId));
    }

    [Fact]
    public void Unpack_GarbageBehindGzip_IsPassedOver() =>
        Assemble(new MemoryLayer([.. MemoryLayer.Compress(s_tar), .. new byte[5000]], DiffId));

    [Fact]
    public void Unpack_Xz_IsUnsupported() =>
        Assert.Equal(LayerErrorKind.Unsupported, Failure(new MemoryLayer([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], DiffId)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Unpack_Bomb_ExceedsTheLimit(int kind)
    {
        byte[] bomb = new TarBuilder().File("zeros", new string('\0', 32 << 20)).End();
        MemoryLayer layer = new(kind == 1 ? MemoryLayer.Compress(bomb) : Zstd(bomb), DiffId);
        LayerLimits limits = new() { BaseBytes = 1 << 20 };
        Assert.Equal(LayerErrorKind.LimitExceeded, Failure(layer, limits));
    }

    [Fact]
    public void Unpack_DiskFull_SaysSoAndLeavesNothing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: a file system of its own");
        }

        using FilesystemContext tmpfs = new("tmpfs");
        tmpfs.Set("size", "256k");
        using Fd mount = tmpfs.CreateMount(MountAttributes.None);
        StateLayout layout = new($"/proc/self/fd/{mount.Number}/data", $"/proc/self/fd/{mount.Number}/run");
        byte[] tar = new TarBuilder().File("large", new string('x', 1 << 20)).End();

        LayerException thrown = Assert.Throws<LayerException>(
            () => new LayerPipeline(new LayerStore(layout)).Assemble([MemoryLayer.Plain(tar)]));

        Assert.True(thrown.Kind == LayerErrorKind.DiskFull, thrown.ToString());
        Assert.EndsWith("no space left on device", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(layout.Staging));
    }

    private static LayerErrorKind Failure(MemoryLayer layer, LayerLimits? limits = null) =>
        Assert.Throws<LayerException>(() => Assemble(layer, limits)).Kind;

    private static void Assemble(MemoryLayer layer, LayerLimits? limits = null)
    {
        using TemporaryState state = new();
        try
        {
            new LayerPipeline(new LayerStore(state.Layout), limits).Assemble([layer]);
        }
        catch (LayerException)
        {
            Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
            Assert.Equal([state.Layout.LayerDiffs], Directory.GetDirectories(state.Layout.Layers));
            throw;
        }
    }

    private static byte[] Compress(int kind) => kind switch
    {
        0 => s_tar,
        1 => MemoryLayer.Compress(s_tar),
        _ => Zstd(s_tar),
    };

    private static byte[] Zstd(byte[] content)
    {
        MemoryStream blob = new();
        using ZstdWriteStream zstd = new(blob, level: 3);
        zstd.Write(content);
        zstd.Complete();
        return blob.ToArray();
    }

    // Content that no compressor shortens to nothing, so that half a blob is half the content.
    private static string Noise() =>
        string.Concat(Enumerable.Range(0, 4000).Select(static i => Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(i)))));
}
