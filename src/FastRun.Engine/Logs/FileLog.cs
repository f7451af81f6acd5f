using System;
using System.Buffers;
using System.Diagnostics;
using FastRun.Native;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Logs;

/// <summary>A log in a file, in the form of a driver. What the disk does not take waits here, and is never lost.</summary>
internal abstract class FileLog(RotatedFile file) : ContainerLog
{
    private const long PatienceAtEndMilliseconds = 10_000;
    private const long PauseMilliseconds = 100;

    private readonly ArrayBufferWriter<byte> _buffer = new(LargestEntry * 2);
    private int _written;

    /// <inheritdoc/>
    internal override bool IsBehind => _buffer.WrittenCount > 0;

    /// <summary>The file.</summary>
    protected RotatedFile File => file;

    /// <inheritdoc/>
    internal override void Retry() => Flush();

    /// <inheritdoc/>
    internal override void Complete()
    {
        base.Complete();

        // A disk that is full at the very end gets another chance, but cannot hold the container's end up for ever.
        long start = Stopwatch.GetTimestamp();
        using PollSet pause = new();
        while (IsBehind && Stopwatch.GetElapsedTime(start).TotalMilliseconds < PatienceAtEndMilliseconds)
        {
            pause.Wait(PauseMilliseconds);
            Flush();
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();

    /// <inheritdoc/>
    protected internal override void WriteEntry(bool error, long ticks, ReadOnlySpan<byte> text)
    {
        if (file.IsFull(_buffer.WrittenCount - _written))
        {
            Flush();
            if (!IsBehind)
            {
                file.Rotate();
            }
        }

        Encode(_buffer, error, ticks, text);
        if (_buffer.WrittenCount > LargestEntry)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    protected internal override void Flush()
    {
        while (_written < _buffer.WrittenCount)
        {
            int written = file.TryWrite(_buffer.WrittenSpan[_written..]);
            if (written > 0)
            {
                _written += written;
            }
            else if (written != -(int)Errno.EINTR)
            {
                return;
            }
        }

        _buffer.ResetWrittenCount();
        _written = 0;
    }

    /// <summary>Writes one entry in the driver's form.</summary>
    protected abstract void Encode(ArrayBufferWriter<byte> target, bool error, long ticks, ReadOnlySpan<byte> text);
}
