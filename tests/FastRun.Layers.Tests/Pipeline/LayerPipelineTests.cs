using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Layers.Tests.Pipeline;

public sealed class LayerPipelineTests
{
    [Fact]
    public void Assemble_TwoLayers_UnpacksBothTopmostFirst()
    {
        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        byte[] lower = new TarBuilder().Directory("./").Directory("etc/").File("etc/name", "lower").End();
        byte[] upper = new TarBuilder().Directory("etc/").File("etc/name", "upper").End();

        IReadOnlyList<string> ids = pipeline.Assemble([MemoryLayer.Plain(lower), MemoryLayer.Gzip(upper)]);

        Assert.Equal(2, ids.Count);
        Assert.Equal("upper", File.ReadAllText(Path.Combine(state.Layout.LayerTree(ids[0]), "etc/name")));
        Assert.Equal("lower", File.ReadAllText(Path.Combine(state.Layout.LayerTree(ids[1]), "etc/name")));
        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
    }

    [Fact]
    public void Assemble_AgainWithTheSameLayers_OpensNoBlob()
    {
        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        byte[] lower = new TarBuilder().Directory("d/", mode: 0x1C0).End();
        byte[] upper = new TarBuilder().File("d/file", "x").End();
        IReadOnlyList<string> first = pipeline.Assemble([MemoryLayer.Plain(lower), MemoryLayer.Plain(upper)]);

        MemoryLayer[] again = [MemoryLayer.Plain(lower), MemoryLayer.Plain(upper)];
        Assert.Equal(first, pipeline.Assemble(again));
        Assert.Equal(0, again.Sum(static layer => layer.Opened));
    }

    [Fact]
    public void Assemble_NoLayers_GivesAnEmptyRoot()
    {
        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        string id = Assert.Single(pipeline.Assemble([]));
        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.LayerTree(id)));
    }

    [Fact]
    public void Assemble_SameLayerTwice_IsListedOnce()
    {
        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        byte[] a = new TarBuilder().File("a", "a").End();
        byte[] b = new TarBuilder().File("b", "b").End();

        IReadOnlyList<string> ids = pipeline.Assemble(
            [MemoryLayer.Plain(a), MemoryLayer.Plain(b), MemoryLayer.Plain(a)]);

        Assert.Equal(2, ids.Count);
        Assert.True(File.Exists(Path.Combine(state.Layout.LayerTree(ids[0]), "a")));
    }

    [Fact]
    public void WriteTar_DuplicatesPaddingAndTrailingData_IsBitForBitTheSame()
    {
        using TemporaryState state = new();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        byte[] tar = new TarBuilder()
            .Directory("d/").File("d/twice", "first, longer").File("d/twice", "second")
            .File("tree", "a file").Directory("tree/").File("tree/leaf", "leaf").HardLink("tree/link", "tree/leaf")
            .SymbolicLink("tree", "elsewhere").File(".wh.gone", "content of a whiteout")
            .Pax(("path", "renamed"), ("mtime", "12.5")).File("short", new string('x', 1000))
            .End();
        tar = [.. tar, .. "trailing data, not even a block"u8];

        string id = Assert.Single(pipeline.Assemble([MemoryLayer.Gzip(tar)]));
        MemoryStream remade = new();
        pipeline.WriteTar(id, remade);

        Assert.Equal(tar, remade.ToArray());
    }
}
