using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// Reads a stream on a thread of its own, a few large blocks ahead: while one core inflates, another writes files. A plain ring
/// of pooled blocks between two threads, because layers are long and a hop through the thread pool per block is not free.
/// </summary>
internal sealed class ReadAhead : IDisposable
{
    private const int Blocks = 4;
    private const int BlockSize = 256 * 1024;
    private const int StackSize = 256 * 1024;

    private readonly Stream _source;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(Blocks);
    private readonly SemaphoreSlim _filled = new(0);
    private readonly Queue<(byte[] Block, int Length)> _queue = new();
    private byte[]? _current;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stopped;

    /// <summary>Begins to read. Owns the stream.</summary>
    internal ReadAhead(Stream source)
    {
        _source = source;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "layer read-ahead" };
        _thread.Start();
    }

    /// <summary>The next block, valid until the next call; empty at the end. What the stream threw is thrown here.</summary>
    internal ReadOnlyMemory<byte> Next()
    {
        if (_current is not null)
        {
            ArrayPool<byte>.Shared.Return(_current);
            _current = null;
            _free.Release();
        }

        _filled.Wait();
        lock (_gate)
        {
            if (_queue.TryDequeue(out (byte[] Block, int Length) next))
            {
                _current = next.Block;
                return next.Block.AsMemory(0, next.Length);
            }
        }

        // The end stays the end.
        _filled.Release();
        _failure?.Throw();
        return default;
    }

    public void Dispose()
    {
        _stopped = true;
        _free.Release();
        _thread.Join();
        foreach ((byte[] block, _) in _queue)
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        if (_current is not null)
        {
            ArrayPool<byte>.Shared.Return(_current);
        }

        _free.Dispose();
        _filled.Dispose();
        _source.Dispose();
    }

    private void Run()
    {
        try
        {
            while (Fill())
            {
            }
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        _filled.Release();
    }

    private bool Fill()
    {
        _free.Wait();
        if (_stopped)
        {
            return false;
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        int length;
        try
        {
            length = _source.ReadAtLeast(block.AsSpan(0, BlockSize), BlockSize, throwOnEndOfStream: false);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(block);
            throw;
        }

        if (length == 0)
        {
            ArrayPool<byte>.Shared.Return(block);
            return false;
        }

        lock (_gate)
        {
            _queue.Enqueue((block, length));
        }

        _filled.Release();
        return true;
    }
}
