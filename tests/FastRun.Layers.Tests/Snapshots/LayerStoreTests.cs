using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline;
using FastRun.Layers.Tests.Pipeline.Tar;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Snapshots;

public sealed class LayerStoreTests
{
    private static readonly byte[] s_lower = new TarBuilder().Directory("d/", mode: 0x1C0).File("d/lower", "1").End();
    private static readonly byte[] s_upper = new TarBuilder().File("d/upper", "22").End();

    [Fact]
    public void Find_NotDurableAfterAReboot_IsDroppedAndUnpackedAgain()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        string id = Assert.Single(new LayerPipeline(store).Assemble([MemoryLayer.Plain(s_lower)]));
        Assert.True(store.Contains(id));
        PretendReboot(state, id);

        Assert.False(store.Contains(id));
        string again = Assert.Single(new LayerPipeline(store).Assemble([MemoryLayer.Plain(s_lower)]));

        Assert.NotEqual(id, again);
        Assert.False(Directory.Exists(state.Layout.Layer(id)));
        Assert.True(store.Contains(again));
    }

    [Fact]
    public void MakeDurable_BeforeAReboot_KeepsTheLayers()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        IReadOnlyList<string> ids = new LayerPipeline(store).Assemble(
            [MemoryLayer.Plain(s_lower), MemoryLayer.Plain(s_upper)]);
        store.MakeDurable(ids);
        foreach (string id in ids)
        {
            PretendReboot(state, id);
        }

        Assert.All(ids, id => Assert.True(store.Contains(id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"schemaVersion\":1,")]
    [InlineData("null")]
    public void Contains_RecordCutShort_IsFalse(string record)
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        string id = Assert.Single(new LayerPipeline(store).Assemble([MemoryLayer.Plain(s_lower)]));
        File.WriteAllText(Path.Combine(state.Layout.Layer(id), "layer.json"), record);
        Assert.False(store.Contains(id));
    }

    [Fact]
    public void CollectGarbage_KeepsWhatIsUsed()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        IReadOnlyList<string> ids = new LayerPipeline(store).Assemble(
            [MemoryLayer.Plain(s_lower), MemoryLayer.Plain(s_upper)]);
        Directory.CreateDirectory(Path.Combine(state.Layout.Trash, "left"));

        using (store.Lock(FileLockMode.Exclusive))
        {
            Assert.Equal(2, store.CollectGarbage(new HashSet<string> { ids[1] }));
        }

        Assert.True(store.Contains(ids[1]));
        Assert.False(store.Contains(ids[0]));
        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Trash));
        Assert.Single(Directory.GetFileSystemEntries(state.Layout.LayerDiffs));
    }

    [Fact]
    public void SweepStaging_TakesOnlyWhatNobodyHolds()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        using StagedLayer held = StagedLayer.Create(state.Layout);
        Directory.CreateDirectory(Path.Combine(state.Layout.Staging, "killed/fs/deep"));

        Assert.Equal(1, store.SweepStaging());

        Assert.Equal([Path.Combine(state.Layout.Staging, held.Id)], Directory.GetDirectories(state.Layout.Staging));
    }

    [Fact]
    public async Task Assemble_ManyAtOnce_UnpackEachLayerOnce()
    {
        using TemporaryState state = new();
        MemoryLayer[] layers = [MemoryLayer.Plain(s_lower), MemoryLayer.Gzip(s_upper)];
        IReadOnlyList<string>[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(() => new LayerPipeline(new LayerStore(state.Layout)).Assemble(layers))));

        Assert.All(all, ids => Assert.Equal(all[0], ids));
        Assert.Equal(1, layers[0].Opened);
        Assert.Equal(2, Directory.GetDirectories(state.Layout.Layers).Count(path => path != state.Layout.LayerDiffs));
    }

    [Fact]
    public void UnpackedSize_CountsTheFiles()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        string id = Assert.Single(new LayerPipeline(store).Assemble([MemoryLayer.Plain(s_upper)]));
        Assert.Equal(2, store.UnpackedSize(id));
        Assert.Throws<LayerException>(() => store.UnpackedSize("missing"));
    }

    [Fact]
    public void WriteTar_FileChangedOnDisk_IsNoticed()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        LayerPipeline pipeline = new(store);
        string id = Assert.Single(pipeline.Assemble([MemoryLayer.Plain(s_upper)]));
        File.WriteAllText(Path.Combine(state.Layout.LayerTree(id), "d/upper"), "xx");

        LayerException thrown = Assert.Throws<LayerException>(() => pipeline.WriteTar(id, new MemoryStream()));
        Assert.Equal(LayerErrorKind.DigestMismatch, thrown.Kind);
    }

    private static void PretendReboot(TemporaryState state, string id)
    {
        string record = Path.Combine(state.Layout.Layer(id), "layer.json");
        string text = File.ReadAllText(record);
        int at = text.IndexOf("\"bootId\":\"", StringComparison.Ordinal) + 10;
        File.WriteAllText(record, string.Concat(text.AsSpan(0, at), Guid.NewGuid().ToString(), text.AsSpan(at + 36)));
    }
}
