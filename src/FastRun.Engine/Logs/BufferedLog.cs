using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Logs;

/// <summary>
/// A log that never holds the container up (<c>mode=non-blocking</c>): a thread brings entries to the disk, and what comes while
/// too much waits for it is dropped, as in Docker.
/// </summary>
internal sealed class BufferedLog : ContainerLog
{
    private const int StackSize = 256 * 1024;
    private const long PauseMilliseconds = 100;
    private static readonly TimeSpan s_patienceAtEnd = TimeSpan.FromSeconds(10);

    private readonly ContainerLog _log;
    private readonly long _limit;
    private readonly Queue<(bool Error, long Ticks, byte[] Text)> _queue = new();
    private readonly Thread _thread;
    private long _queued;
    private volatile bool _ends;

    /// <summary>Puts a thread before a log, which it owns.</summary>
    /// <param name="log">The log.</param>
    /// <param name="limit">How many bytes may wait.</param>
    internal BufferedLog(ContainerLog log, long limit)
    {
        _log = log;
        _limit = limit;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <inheritdoc/>
    internal override void Complete()
    {
        base.Complete();
        End();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (End())
        {
            _log.Dispose();
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteEntry(bool error, long ticks, ReadOnlySpan<byte> text)
    {
        lock (_queue)
        {
            // One entry always fits, however little may wait.
            if (_queued == 0 || _queued + text.Length <= _limit)
            {
                _queue.Enqueue((error, ticks, text.ToArray()));
                _queued += text.Length;
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void Flush()
    {
        lock (_queue)
        {
            Monitor.Pulse(_queue);
        }
    }

    /// <summary>Has the thread write what waits, and waits for it; false where the disk does not take it in time.</summary>
    private bool End()
    {
        lock (_queue)
        {
            _ends = true;
            Monitor.Pulse(_queue);
        }

        return _thread.Join(s_patienceAtEnd);
    }

    private void Run()
    {
        using PollSet pause = new();
        while (Take() is var (error, ticks, text))
        {
            _log.WriteEntry(error, ticks, text);
            if (HasMore(text.Length))
            {
                continue;
            }

            _log.Flush();
            while (_log.IsBehind && !_ends)
            {
                pause.Wait(PauseMilliseconds);
                _log.Retry();
            }
        }

        _log.Complete();
    }

    /// <summary>After an entry was taken off: whether another one waits.</summary>
    private bool HasMore(int taken)
    {
        lock (_queue)
        {
            _queued -= taken;
            return _queue.Count > 0;
        }
    }

    private (bool Error, long Ticks, byte[] Text)? Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_ends)
                {
                    return null;
                }

                Monitor.Wait(_queue);
            }

            return _queue.Dequeue();
        }
    }
}
