using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Supervision;

/// <summary>What clients have sent and the container has not read yet.</summary>
internal sealed class InputBuffer
{
    private const int Capacity = 2 * FrameConnection.LargestPayload;

    private readonly byte[] _bytes = new byte[Capacity];
    private int _start;
    private int _end;

    /// <summary>Nothing waits.</summary>
    internal bool IsEmpty => _start == _end;

    /// <summary>Whether another frame fits.</summary>
    internal bool HasRoom => Capacity - (_end - _start) >= FrameConnection.LargestPayload;

    /// <summary>Adds a frame's payload; there must be room.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > Capacity)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Writes once what the container takes; false where it will take nothing more.</summary>
    internal bool Drain(Fd input)
    {
        int written = Pipe.TryWrite(input, _bytes.AsSpan(_start, _end - _start));
        if (written >= 0)
        {
            _start += written;
            return true;
        }

        return written is -(int)Errno.EAGAIN or -(int)Errno.EINTR;
    }

    /// <summary>Drops what nobody will read.</summary>
    internal void Clear() => (_start, _end) = (0, 0);
}
