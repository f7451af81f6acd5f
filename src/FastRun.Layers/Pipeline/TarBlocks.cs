using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Native;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// Decompresses on a thread of its own, a few blocks ahead of those who read: a plain ring of blocks, because layers are long and
/// a hop through the thread pool per block is not free. Every reader sees every block; the decoder's history is the block before.
/// </summary>
internal sealed class TarBlocks : IDisposable
{
    private const int Count = 4;
    private const int StackSize = 256 * 1024;

    private readonly LayerDecoder _decoder;
    private readonly LayerBuffers _buffers;
    private readonly LayerProgress? _progress;
    private readonly NativeBlock[] _blocks = new NativeBlock[Count];
    private readonly (int Start, int Length)[] _filled = new (int, int)[Count];
    private readonly long[] _released;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private long _written;
    private bool _ended;
    private bool _stopped;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins to decompress. Owns the decoder.</summary>
    /// <param name="decoder">Where the bytes come from.</param>
    /// <param name="readers">How many will read, each all of it.</param>
    /// <param name="buffers">Where the blocks come from.</param>
    /// <param name="progress">What counts them.</param>
    internal TarBlocks(LayerDecoder decoder, int readers, LayerBuffers buffers, LayerProgress? progress = null)
    {
        _decoder = decoder;
        _buffers = buffers;
        _progress = progress;
        _released = new long[readers];
        for (int i = 0; i < Count; i++)
        {
            _blocks[i] = buffers.Get();
        }

        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "layer decompression" };
        _thread.Start();
    }

    /// <summary>
    /// A block, valid until the reader asks for the next one; empty at the end. What the decoder threw is thrown here, behind what
    /// came before.
    /// </summary>
    /// <param name="reader">Who reads.</param>
    /// <param name="number">Which: 0, then 1, and so on.</param>
    internal ReadOnlyMemory<byte> Next(int reader, long number)
    {
        lock (_gate)
        {
            _released[reader] = number;
            Monitor.PulseAll(_gate);
            while (_written <= number && !_ended && !_stopped)
            {
                Monitor.Wait(_gate);
            }

            if (_written > number && !_stopped)
            {
                (int start, int length) = _filled[number % Count];
                return _blocks[number % Count].Memory.Slice(start, length);
            }
        }

        _failure?.Throw();
        return default;
    }

    /// <summary>A reader that wants no more.</summary>
    internal void Leave(int reader)
    {
        lock (_gate)
        {
            _released[reader] = long.MaxValue;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends it for all who read, before its end.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        Stop();
        _thread.Join();
        _decoder.Dispose();
        foreach (NativeBlock block in _blocks)
        {
            _buffers.Return(block);
        }
    }

    private void Run()
    {
        try
        {
            while (WaitForRoom() && Fill())
            {
            }
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool WaitForRoom()
    {
        lock (_gate)
        {
            while (!_stopped && !HasRoom())
            {
                Monitor.Wait(_gate);
            }

            return !_stopped;
        }
    }

    /// <summary>Whether every reader is done with the block that the next one would overwrite.</summary>
    private bool HasRoom()
    {
        foreach (long released in _released)
        {
            if (_written - released >= Count)
            {
                return false;
            }
        }

        return true;
    }

    private bool Fill()
    {
        long began = Stopwatch.GetTimestamp();
        Span<byte> block = _blocks[_written % Count].Span;
        int start = CopyHistory(block);
        int end = start;
        int read = -1;
        try
        {
            while (end < block.Length - _decoder.Slack && (read = _decoder.Read(block, end)) > 0)
            {
                end += read;
            }
        }
        finally
        {
            // Also what came before a failure.
            _progress?.AddBusy(LayerStage.Decompress, began);
            Publish(start, end - start);
        }

        return read != 0;
    }

    private void Publish(int start, int length)
    {
        if (length > 0)
        {
            _progress?.AddTarBytes(length);
            lock (_gate)
            {
                _filled[_written % Count] = (start, length);
                _written++;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>The end of the block before, which is untouched since only this thread writes blocks.</summary>
    private int CopyHistory(Span<byte> block)
    {
        if (_written == 0 || _decoder.HistorySize == 0)
        {
            return 0;
        }

        (int start, int length) = _filled[(_written - 1) % Count];
        int count = Math.Min(start + length, _decoder.HistorySize);
        _blocks[(_written - 1) % Count].Span.Slice(start + length - count, count).CopyTo(block);
        return count;
    }
}
