using System;
using System.Buffers;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Compression;
using Microsoft.Extensions.ObjectPool;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// The blocks that layers go through, shared by all layers of an image and reused from one to the next. They are outside the
/// managed heap, so that they are gone when the image is there.
/// </summary>
internal sealed class LayerBuffers : MemoryPool<byte>
{
    /// <summary>Bytes of a block: measured, from 256 KiB on it makes no difference.</summary>
    internal const int BlockSize = 320 * 1024;

    private const int Retained = 64;

    private readonly ObjectPool<NativeBlock> _pool =
        new DefaultObjectPoolProvider { MaximumRetained = Retained }.Create(new BlockPolicy());

    /// <summary>
    /// The one turn for a decompressor that keeps more than <see cref="ZstdFrame.CommonWindowSize"/> of its output: up to 128 MiB,
    /// where all else of an image needs less than 96 MiB.
    /// </summary>
    internal SemaphoreSlim LargeWindow { get; } = new(1);

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    internal NativeBlock Get() => _pool.Get();

    internal void Return(NativeBlock block) => _pool.Return(block);

    /// <summary>A block for a segment of a pipe.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        return new Segment(this, Get());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        LargeWindow.Dispose();
        (_pool as IDisposable)?.Dispose();
    }

    private sealed class Segment(LayerBuffers buffers, NativeBlock block) : IMemoryOwner<byte>
    {
        private bool _returned;

        public Memory<byte> Memory => block.Memory;

        public void Dispose()
        {
            if (!_returned)
            {
                _returned = true;
                buffers.Return(block);
            }
        }
    }

    private sealed class BlockPolicy : PooledObjectPolicy<NativeBlock>
    {
        public override NativeBlock Create() => new(BlockSize);

        public override bool Return(NativeBlock obj) => true;
    }
}
