using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>A layer that cannot be had ends the others of its image, however much of them would still come.</summary>
public sealed class FailureOfOneLayerTests : ILayerObserver, IDisposable
{
    private readonly ManualResetEventSlim _failed = new();

    [Fact]
    public void Assemble_OneOfSeveralFails_TheOthersEnd()
    {
        using TemporaryState state = new();
        MemoryLayer broken = new(new byte[100], Number(0));
        LayerSource[] endless = [.. Enumerable.Range(1, 3).Select(i => new EndlessLayer((byte)i, _failed))];
        LayerPipeline pipeline = new(
            new LayerStore(state.Layout), new LayerLimits { BaseBytes = long.MaxValue / 4, BytesPerBlobByte = 1 }, this);

        LayerException thrown = Assert.Throws<LayerException>(() => pipeline.Assemble([.. endless, broken]));

        Assert.Equal(LayerErrorKind.Truncated, thrown.Kind);
        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
    }

    [Fact]
    public void Assemble_Cancelled_Ends()
    {
        using TemporaryState state = new();
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        _failed.Set();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));

        Assert.ThrowsAny<OperationCanceledException>(
            () => pipeline.Assemble([new EndlessLayer(1, _failed)], cancelled.Token));

        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
    }

    void ILayerObserver.Begin(IReadOnlyList<LayerProgress> bottomFirst)
    {
    }

    void ILayerObserver.Changed(LayerProgress layer)
    {
        if (layer.State == LayerState.Failed)
        {
            _failed.Set();
        }
    }

    public void Dispose() => _failed.Dispose();

    private static Digest Number(byte value) => Digest.FromSha256([.. Enumerable.Repeat(value, 32)]);

    /// <summary>A whiteout with content, which is not written anywhere, of many gigabytes. It comes when the gate is open.</summary>
    private sealed class EndlessLayer(byte number, ManualResetEventSlim gate) : LayerSource
    {
        public override string MediaType => "application/vnd.oci.image.layer.v1.tar";

        public override Digest Digest => DiffId;

        public override long Size => 1L << 50;

        public override Digest DiffId { get; } = Number(number);

        public override Stream Open() =>
            new EndlessTar(new TarBuilder().Header(".wh.zeros", '0', size: (8L << 30) - 1).Cut(), gate);
    }

    private sealed class EndlessTar(byte[] start, ManualResetEventSlim gate) : ReadOnlyStream
    {
        private int _given;

        public override int Read(Span<byte> buffer)
        {
            if (_given == 0)
            {
                _given = start.Length;
                start.CopyTo(buffer);
                return start.Length;
            }

            gate.Wait(TimeSpan.FromMinutes(2));
            int count = Math.Min(buffer.Length, 4096);
            buffer[..count].Clear();
            return count;
        }
    }
}
