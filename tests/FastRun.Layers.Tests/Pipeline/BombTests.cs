using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>Small blobs that ask for more than a machine has: refused by name, and nothing is left of them.</summary>
public sealed class BombTests
{
    private const int Mebibyte = 1 << 20;

    [Fact]
    public void Unpack_AnnouncedContentThatCannotFit_IsRefusedBeforeItIsWritten()
    {
        byte[] tar = new TarBuilder().Header("bomb", '0', size: 8L << 30).Raw(new byte[64 * 1024]).Cut();
        Assert.Contains("too much for blobs of that size", Refused(new LayerLimits(), MemoryLayer.Gzip(tar)), StringComparison.Ordinal);
    }

    [Fact]
    public void Unpack_LayersThatExceedTogether_AreRefused()
    {
        LayerLimits limits = new() { BaseBytes = Mebibyte };
        byte[] first = new TarBuilder().File("a", new string('a', 700_000)).End();
        byte[] second = new TarBuilder().File("b", new string('b', 700_000)).End();
        Refused(limits, MemoryLayer.Gzip(first), MemoryLayer.Gzip(second));
        using TemporaryState state = new();
        new LayerPipeline(new LayerStore(state.Layout), limits).Assemble([MemoryLayer.Gzip(first)]);
    }

    [Fact]
    public void Unpack_ZerosBehindTheEnd_AreRefused()
    {
        LayerLimits limits = new() { TrailingBytes = Mebibyte };
        Assert.Contains("follow the end", Refused(limits, MemoryLayer.Gzip(new byte[3 * Mebibyte])), StringComparison.Ordinal);
        using TemporaryState state = new();
        new LayerPipeline(new LayerStore(state.Layout), limits).Assemble([MemoryLayer.Gzip(new byte[Mebibyte])]);
    }

    [Fact]
    public void Unpack_DirectoriesWithLargeAttributes_AreRefusedBeforeTheyFillTheMemory()
    {
        string value = new('v', 60_000);
        TarBuilder tar = new();
        for (int i = 0; i < 100; i++)
        {
            tar.Pax(("SCHILY.xattr.user.a", value)).Directory($"d{i}/");
        }

        Assert.Contains("bytes of memory", Refused(new LayerLimits { MemoryBytes = 2 * Mebibyte }, MemoryLayer.Gzip(tar.End())), StringComparison.Ordinal);
    }

    [Fact]
    public void Unpack_OneDirectoryStatedOften_CountsOnce()
    {
        TarBuilder tar = new();
        for (int i = 0; i < 300; i++)
        {
            tar.Pax(("SCHILY.xattr.user.a", new string('v', 1000))).Directory("d/");
        }

        using TemporaryState state = new();
        LayerLimits limits = new() { MemoryBytes = 100_000 };
        Assert.Single(new LayerPipeline(new LayerStore(state.Layout), limits).Assemble([MemoryLayer.Plain(tar.End())]));
    }

    [Fact]
    public void Unpack_ManyDirectoriesOrLinks_AreRefusedBeforeTheyFillTheMemory()
    {
        LayerLimits limits = new() { MemoryBytes = 10_000 };
        string target = new('t', 4000);
        Refused(limits, Many(50, static (tar, i) => tar.Directory($"d{i}/")));
        Refused(limits, Many(50, (tar, i) => tar.SymbolicLink($"l{i}", target)));
        Refused(limits, Many(150, static (tar, i) => tar.HardLink($"h{i}", "missing")));
        Refused(limits, Many(150, static (tar, _) => tar.File("again")));
        Refused(limits, Many(50, static (tar, i) => tar.File($"w{i}/.wh.x")));
    }

    [Fact]
    public void Unpack_MoreEntriesThanAllowed_IsRefused() =>
        Refused(new LayerLimits { Entries = 100 }, Many(101, static (tar, i) => tar.File($"f{i}")));

    [Fact]
    public void Unpack_LargeExtendedHeader_IsRefused()
    {
        byte[] pax = TarBuilder.PaxRecord("comment", new byte[Mebibyte]);
        Refused(new LayerLimits(), MemoryLayer.Plain(new TarBuilder().Extended('x', pax).File("f").End()));
        Refused(new LayerLimits(), MemoryLayer.Plain(new TarBuilder().Extended('g', pax).File("f").End()));
        Refused(new LayerLimits(), MemoryLayer.Plain(new TarBuilder().Extended('L', new byte[Mebibyte + 1]).File("f").End()));
        Refused(new LayerLimits(), MemoryLayer.Plain(new TarBuilder().Header("x", 'x', size: 8L << 30).Cut()));
    }

    [Fact]
    public void Unpack_LinksThatLeadThroughThousandsOfComponents_AreMalformed()
    {
        string there = string.Concat(Enumerable.Repeat("d/../", 800));
        TarBuilder tar = new TarBuilder().Directory("d/").SymbolicLink("l0", there);
        for (int i = 1; i < 30; i++)
        {
            tar.SymbolicLink($"l{i}", $"{there}l{i - 1}");
        }

        using TemporaryState state = new();
        LayerException thrown = Assert.Throws<LayerException>(() =>
            new LayerPipeline(new LayerStore(state.Layout)).Assemble([MemoryLayer.Plain(tar.File("l29/file").End())]));
        Assert.Contains("too many components", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(LayerErrorKind.Malformed, thrown.Kind);
    }

    [Fact]
    public void WriteTar_HundredsOfReplacedFiles_FindsEach()
    {
        TarBuilder tar = new TarBuilder().Directory("d/");
        for (int i = 0; i < 600; i++)
        {
            tar.File(i % 3 == 0 ? "d/f" : "d/g", $"content {i}");
            if (i % 100 == 99)
            {
                tar.File("d", $"no directory {i}").Directory("d/");
            }
        }

        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        byte[] whole = tar.End();
        string id = Assert.Single(pipeline.Assemble([MemoryLayer.Plain(whole)]));
        MemoryStream remade = new();
        pipeline.WriteTar(id, remade);
        Assert.Equal(whole, remade.ToArray());
    }

    [Theory]
    [InlineData(0, 4L << 30)]
    [InlineData(10, (4L << 30) + 1000)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MaxValue / 100, long.MaxValue)]
    public void BytesFor_AnySize_NeverOverflows(long blob, long expected) => Assert.Equal(expected, new LayerLimits().BytesFor(blob));

    [Fact]
    public void Assemble_ManifestWithImpossibleSizes_IsTruncated()
    {
        byte[] tar = new TarBuilder().File("f").End();
        Digest diffId = MemoryLayer.Plain(tar).DiffId;
        byte[] other = new TarBuilder().File("g").End();
        using TemporaryState state = new();
        LayerException thrown = Assert.Throws<LayerException>(() => new LayerPipeline(new LayerStore(state.Layout)).Assemble([
            new MemoryLayer(tar, diffId) { PromisedSize = long.MaxValue },
            new MemoryLayer(other, MemoryLayer.Plain(other).DiffId) { PromisedSize = long.MaxValue },
        ]));
        Assert.Equal(LayerErrorKind.Truncated, thrown.Kind);
    }

    private static MemoryLayer Many(int count, Func<TarBuilder, int, TarBuilder> add)
    {
        TarBuilder tar = new();
        for (int i = 0; i < count; i++)
        {
            add(tar, i);
        }

        return MemoryLayer.Gzip(tar.End());
    }

    private static string Refused(LayerLimits limits, params LayerSource[] layers)
    {
        using TemporaryState state = new();
        LayerException thrown = Assert.Throws<LayerException>(() =>
            new LayerPipeline(new LayerStore(state.Layout), limits).Assemble(layers));
        Assert.Equal(LayerErrorKind.LimitExceeded, thrown.Kind);
        Assert.DoesNotContain('\n', thrown.Message);
        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
        Assert.All(DirectoryContent.ReadAll(null, state.Layout.LayerDiffs), static e => Assert.EndsWith(".lock", e.Text, StringComparison.Ordinal));
        return thrown.Message;
    }
}
