using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Layers;
using FastRun.Layers.Archives;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Images;

/// <summary>
/// Makes the tars of layers for their digests, one after the other, on a thread of its own: while one step runs, the layer of the
/// one before is hashed (docs/adr/0019-images-before-their-ids.md).
/// </summary>
internal sealed class LayerSettling(LayerStore layers, CancellationToken cancellation) : IDisposable
{
    private readonly Queue<string> _waiting = [];
    private readonly object _gate = new();
    private Thread? _worker;
    private bool _isClosed;

    /// <summary>Adds a layer that the image will have.</summary>
    internal void Add(string layer)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _waiting.Enqueue(layer);
            if (_worker is null)
            {
                _worker = new Thread(Work) { IsBackground = true, Name = "settle" };
                _worker.Start();
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// Makes those of all given layers, beginning at the end where the thread has not come to yet. The caller holds
    /// <see cref="LayerStore.Lock"/> shared.
    /// </summary>
    /// <exception cref="LayerException">A layer holds what no tar of one can.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    internal void Finish(IReadOnlyList<string> bottomFirst)
    {
        for (int i = bottomFirst.Count - 1; i >= 0; i--)
        {
            LocalLayers.Settle(layers, bottomFirst[i], cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _waiting.Clear();
            Monitor.Pulse(_gate);
        }

        _worker?.Join();
    }

    private void Work()
    {
        while (Next() is { } layer)
        {
            try
            {
                using FileLock keep = layers.Lock(FileLockMode.Shared, static () => { }, cancellation);
                LocalLayers.Settle(layers, layer, cancellation);
            }
            catch (Exception e) when (e is OperationCanceledException or LayerException or SyscallException)
            {
                // Whoever needs its digest comes upon the same.
            }
        }
    }

    private string? Next()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_gate);
            }

            return _isClosed ? null : _waiting.Dequeue();
        }
    }
}
