using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Pipeline;

public sealed class LayerProgressTests
{
    private static readonly byte[] s_tar = new TarBuilder().File("file", new string('x', 100_000)).End();

    [Fact]
    public void Assemble_NewLayer_CountsItsBytes()
    {
        using TemporaryState state = new();
        RecordingObserver observer = new();
        MemoryLayer layer = MemoryLayer.Gzip(s_tar);

        new LayerPipeline(new LayerStore(state.Layout), observer: observer).Assemble([layer]);

        Assert.Equal([LayerState.Unpacking, LayerState.Unpacked], observer.StatesOf(layer));
        LayerProgress progress = Assert.Single(observer.Layers);
        Assert.Same(layer, progress.Source);
        Assert.Equal(layer.Size, progress.BlobBytes);
        Assert.Equal(s_tar.Length, progress.TarBytes);
        Assert.True(progress.Elapsed > TimeSpan.Zero);
        Assert.Equal(progress.Elapsed, progress.Elapsed);
    }

    [Fact]
    public void Assemble_NewLayer_ItsStagesLieWithinItsTime()
    {
        using TemporaryState state = new();
        RecordingObserver observer = new();
        long before = Stopwatch.GetTimestamp();

        new LayerPipeline(new LayerStore(state.Layout), observer: observer).Assemble([MemoryLayer.Gzip(s_tar)]);

        LayerProgress progress = Assert.Single(observer.Layers);
        Assert.InRange(progress.Began, before, Stopwatch.GetTimestamp());
        long end = progress.Began + (long)(progress.Elapsed.TotalSeconds * Stopwatch.Frequency) + Stopwatch.Frequency / 1000;
        foreach (LayerStage stage in Enum.GetValues<LayerStage>())
        {
            (long from, long to) = progress.Span(stage);
            Assert.InRange(from, progress.Began, to);
            Assert.InRange(to, from, end);
            Assert.InRange(progress.Busy(stage), TimeSpan.Zero, Stopwatch.GetElapsedTime(from, to) + TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void Assemble_KnownLayerTwice_IsPresentOnce()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        new LayerPipeline(store).Assemble([MemoryLayer.Plain(s_tar)]);
        RecordingObserver observer = new();
        MemoryLayer layer = MemoryLayer.Plain(s_tar);

        new LayerPipeline(store, observer: observer).Assemble([layer, layer]);

        Assert.Equal([LayerState.Present], observer.StatesOf(layer));
        Assert.Equal(2, observer.Layers.Count);
        Assert.Same(observer.Layers[0], observer.Layers[1]);
        Assert.Equal(0, observer.Layers[0].BlobBytes);
        Assert.Equal(TimeSpan.Zero, observer.Layers[0].Elapsed);
        Assert.Equal((0, (0L, 0L)), (observer.Layers[0].Began, observer.Layers[0].Span(LayerStage.Read)));
    }

    [Fact]
    public void Assemble_DamagedLayer_Fails()
    {
        using TemporaryState state = new();
        RecordingObserver observer = new();
        MemoryLayer layer = new(s_tar[..5000], MemoryLayer.Plain(s_tar).DiffId);

        Assert.Throws<LayerException>(
            () => new LayerPipeline(new LayerStore(state.Layout), observer: observer).Assemble([layer]));

        Assert.Equal([LayerState.Unpacking, LayerState.Failed], observer.StatesOf(layer));
    }

    [Fact]
    public async Task Assemble_AnotherUnpacksTheLayer_WaitsForIt()
    {
        using TemporaryState state = new();
        LayerStore store = new(state.Layout);
        MemoryLayer layer = MemoryLayer.Plain(s_tar);
        WaitingObserver observer = new();
        Task<IReadOnlyList<string>> assembly;
        using (FileLock other = store.LockDiff(layer.DiffId, static () => { }, default))
        {
            assembly = Task.Run(() => new LayerPipeline(store, observer: observer).Assemble([layer]));
            await observer.Waiting.Task.WaitAsync(TimeSpan.FromMinutes(2));
        }

        Assert.Single(await assembly.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Equal(1, layer.Opened);
    }

    private sealed class WaitingObserver : ILayerObserver
    {
        internal TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Begin(IReadOnlyList<LayerProgress> bottomFirst)
        {
        }

        public void Changed(LayerProgress layer)
        {
            if (layer.State == LayerState.Waiting)
            {
                Waiting.SetResult();
            }
        }
    }
}
