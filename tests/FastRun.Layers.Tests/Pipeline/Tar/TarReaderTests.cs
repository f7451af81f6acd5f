using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Pipeline.Tar;

public sealed class TarReaderTests
{
    [Theory]
    [InlineData("v7", 90)]
    [InlineData("ustar", 200)]
    [InlineData("oldgnu", 3000)]
    [InlineData("gnu", 3000)]
    [InlineData("posix", 3000)]
    public void Read_FormatsOfGnuTar_GiveTheSameEntries(string format, int nameLength)
    {
        using TemporaryState state = new();
        string name = string.Join('/', Enumerable.Repeat("directory", nameLength / 10)) + "/file";
        string path = Path.Combine(state.Path, "tree", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "content");
        File.CreateSymbolicLink(Path.Combine(state.Path, "tree/link"), name[..Math.Min(name.Length, 99)]);
        string tar = Path.Combine(state.Path, "it.tar");
        TestCommand.Run("tar", "-C", Path.Combine(state.Path, "tree"), "--format=" + format, "--mtime=@1234567890", "--owner=:1000", "--group=:2000", "-cf", tar, ".");

        List<ReadEntry> entries = Read(File.ReadAllBytes(tar));

        ReadEntry file = Assert.Single(entries, static entry => entry.Type == EntryType.File);
        Assert.Equal("./" + name, Encoding.UTF8.GetString(file.Name));
        Assert.Equal(7, file.Size);
        Assert.Equal((1000u, 2000u), (file.Metadata.Uid, file.Metadata.Gid));
        Assert.Equal(new FileTime(1234567890, 0), file.Metadata.Modified);
        ReadEntry link = Assert.Single(entries, static entry => entry.Type == EntryType.SymbolicLink);
        Assert.Equal(name[..Math.Min(name.Length, 99)], Encoding.UTF8.GetString(link.LinkName));
    }

    [Fact]
    public void Read_PaxRecords_OverrideTheHeader()
    {
        ReadEntry entry = Assert.Single(Read(new TarBuilder()
            .Pax(("path", "long/name"), ("linkpath", "target"), ("uid", "4000000000"), ("gid", "5"), ("mtime", "-1.25"), ("SCHILY.xattr.user.a", "v=1\n"))
            .SymbolicLink("short", "other").End()));

        Assert.Equal("long/name"u8.ToArray(), entry.Name);
        Assert.Equal("target"u8.ToArray(), entry.LinkName);
        Assert.Equal((4000000000u, 5u), (entry.Metadata.Uid, entry.Metadata.Gid));
        Assert.Equal(new FileTime(-2, 750_000_000), entry.Metadata.Modified);
        ExtendedAttribute attribute = Assert.Single(entry.Metadata.Attributes);
        Assert.Equal(("user.a", "v=1\n"), (attribute.Name, Encoding.UTF8.GetString(attribute.Value)));
    }

    [Fact]
    public void Read_GlobalPaxHeader_ChangesNothing()
    {
        byte[] global = TarBuilder.PaxRecord("path", "wrong"u8.ToArray());
        ReadEntry entry = Assert.Single(Read(new TarBuilder().Extended('g', global).File("right").End()));
        Assert.Equal("right"u8.ToArray(), entry.Name);
    }

    [Fact]
    public void Read_UstarPrefix_StandsBeforeTheName()
    {
        ReadEntry entry = Assert.Single(Read(new TarBuilder().Header("file", '0', prefix: "some/where").End()));
        Assert.Equal("some/where/file"u8.ToArray(), entry.Name);
    }

    [Fact]
    public void Read_OldDirectory_IsKnownByItsSlash()
    {
        List<ReadEntry> entries = Read(
            new TarBuilder().Header("dir/", '\0', magic: "").Header("file", '\0', magic: "").End());
        Assert.Equal([EntryType.Directory, EntryType.File], entries.Select(static entry => entry.Type));
    }

    [Fact]
    public void Read_Base256Numbers_AreTwosComplement()
    {
        byte[] tar = new TarBuilder().Header("file", '2', link: "x").End();
        Span<byte> block = tar.AsSpan(0, 512);
        block[108..116].Clear();
        block[108] = 0x80;
        block[112] = 0x12;
        block[136..148].Fill(0xFF);
        TarBuilder.Seal(tar);

        ReadEntry entry = Assert.Single(Read(tar));
        Assert.Equal(0x12000000u, entry.Metadata.Uid);
        Assert.Equal(new FileTime(-1, 0), entry.Metadata.Modified);
    }

    [Fact]
    public void Read_LinkWithASize_HasNoContent()
    {
        // As Go: only files have content; what follows is the next header.
        List<ReadEntry> entries = Read(new TarBuilder().Header("link", '1', link: "x", size: 512).File("next").End());
        Assert.Equal(2, entries.Count);
        Assert.Equal(0, entries[0].Size);
    }

    [Fact]
    public void Read_WithoutEndBlocksOrPadding_IsAccepted()
    {
        Assert.Single(Read(new TarBuilder().File("a", "content").Cut()));
        Assert.Single(Read(new TarBuilder().Header("a", '0', size: 7).Raw("content"u8).Cut()));
        Assert.Empty(Read([]));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(512 + 100)]
    [InlineData(1024 + 512)]
    public void Read_CutShort_IsTruncated(int length)
    {
        byte[] tar = new TarBuilder().File("a", new string('x', 5000)).End();
        Assert.Equal(LayerErrorKind.Truncated, Failure(tar[..length]));
    }

    [Fact]
    public void Read_PaxHeaderWithoutEntry_IsTruncated() =>
        Assert.Equal(LayerErrorKind.Truncated, Failure(new TarBuilder().Pax(("path", "x")).End()));

    [Theory]
    [InlineData("5 path=x\n")]
    [InlineData("999 path=x\n")]
    [InlineData("path=x\n")]
    [InlineData("10 path=xy")]
    [InlineData("7 path\n")]
    [InlineData("6 =abc\n")]
    [InlineData("11 path=a\0b\n")]
    [InlineData("9 size=x\n")]
    [InlineData("-1 size=x\n")]
    [InlineData("13 mtime=1.x\n")]
    [InlineData("99999999999999999999 a=b\n")]
    public void Read_DamagedPaxRecord_IsMalformed(string records) =>
        Assert.Equal(
            LayerErrorKind.Malformed,
            Failure(new TarBuilder().Extended('x', Encoding.UTF8.GetBytes(records)).File("a").End()));

    [Theory]
    [InlineData("size", "-1")]
    [InlineData("size", "9223372036854775807")]
    [InlineData("uid", "4294967296")]
    [InlineData("uid", "4294967295")]
    [InlineData("gid", "-1")]
    public void Read_ImpossibleNumber_IsMalformed(string key, string value) =>
        Assert.Equal(LayerErrorKind.Malformed, Failure(new TarBuilder().Pax((key, value)).File("a").End()));

    [Fact]
    public void Read_WrongChecksum_IsMalformed()
    {
        byte[] tar = new TarBuilder().File("a").End();
        tar[0] = (byte)'b';
        Assert.Equal(LayerErrorKind.Malformed, Failure(tar));
    }

    [Fact]
    public void Read_Sparse_IsUnsupported()
    {
        Assert.Equal(LayerErrorKind.Unsupported, Failure(new TarBuilder().Header("a", 'S').End()));
        Assert.Equal(
            LayerErrorKind.Unsupported,
            Failure(new TarBuilder().Pax(("GNU.sparse.major", "1")).File("a").End()));
    }

    [Fact]
    public void Read_UnknownType_IsUnsupported() =>
        Assert.Equal(LayerErrorKind.Unsupported, Failure(new TarBuilder().Header("a", 'M').End()));

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    public void Read_GiantExtendedHeader_ExceedsTheLimit(char type) =>
        Assert.Equal(
            LayerErrorKind.LimitExceeded, Failure(new TarBuilder().Header("a", type, size: 1L << 32).Cut()));

    [Fact]
    public void Read_TooManyEntries_ExceedsTheLimit() =>
        Assert.Equal(LayerErrorKind.LimitExceeded, Failure(new TarBuilder().File("a").File("b").File("c").End()));

    private static LayerErrorKind Failure(byte[] tar) => Assert.Throws<LayerException>(() => Read(tar, entries: 2)).Kind;

    private static List<ReadEntry> Read(byte[] tar, int entries = 10_000)
    {
        using LayerBuffers buffers = new();
        using TarInput input = new(
            new StreamLayerDecoder(new MemoryStream(tar)), new UnpackAllowance(long.MaxValue), HashAlgorithmName.SHA256, buffers);
        using TarIndexWriter index = new(new MemoryStream());
        TarReader reader = new(input, index, new LayerLimits { Entries = entries });
        List<ReadEntry> read = [];
        while (reader.TryReadNext(out LayerEntry entry))
        {
            read.Add(new ReadEntry(entry.Name.ToArray(), entry.Type, entry.LinkName.ToArray(), entry.Size, entry.Metadata));
        }

        return read;
    }

    private sealed record ReadEntry(byte[] Name, EntryType Type, byte[] LinkName, long Size, EntryMetadata Metadata);
}
