using System;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>Bytes on their way in one direction of a relay, in native memory.</summary>
internal sealed unsafe class RelayBuffer : IDisposable
{
    private const int Capacity = 16 * 1024;

    // A pipe that poll reports writable takes this much without blocking (pipe(7), PIPE_BUF): the caller's descriptors are
    // not made non-blocking, because other processes share them.
    private const int WriteSize = 4096;

    private byte* _bytes = (byte*)NativeMemory.Alloc(Capacity);
    private int _start;
    private int _end;

    internal bool IsEmpty => _start == _end;

    internal bool HasRoom => _end < Capacity;

    /// <summary>The last byte that was read into it; null before the first.</summary>
    internal byte? Last { get; private set; }

    /// <summary>Reads once from a descriptor that is ready.</summary>
    /// <returns>How many bytes, 0 at the end, or -errno.</returns>
    internal int Fill(int descriptor)
    {
        if (_start > 0 && IsEmpty)
        {
            _start = _end = 0;
        }

        nint read = Kernel.syscall(Sys.read, descriptor, (nint)(_bytes + _end), Capacity - _end, 0, 0, 0);
        if (read > 0)
        {
            _end += (int)read;
            Last = _bytes[_end - 1];
        }

        return (int)read;
    }

    /// <summary>Writes once to a descriptor that is ready.</summary>
    /// <returns>How many bytes, or -errno.</returns>
    internal int Drain(int descriptor)
    {
        nint written = Kernel.syscall(
            Sys.write, descriptor, (nint)(_bytes + _start), Math.Min(_end - _start, WriteSize), 0, 0, 0);
        if (written > 0)
        {
            _start += (int)written;
            if (IsEmpty)
            {
                _start = _end = 0;
            }
        }

        return (int)written;
    }

    /// <summary>Adds a byte; there must be room.</summary>
    internal void Append(byte value)
    {
        _bytes[_end++] = value;
        Last = value;
    }

    /// <summary>Drops what nobody will take.</summary>
    internal void Clear() => _start = _end = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}
