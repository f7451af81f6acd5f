using System;
using System.IO;

namespace FastRun.Native.Compression;

/// <summary>
/// The input of a decoder that looks ahead: a stretch of a stream in native memory. Behind the end of the stream lie zeros, so
/// that a decoder need not look where it reads, only whether it went too far.
/// </summary>
internal sealed unsafe class CompressedInput(Stream source) : IDisposable
{
    /// <summary>How far behind the end a decoder may read.</summary>
    internal const int Padding = 1024;

    private const int Capacity = 128 * 1024;

    private readonly NativeBlock _block = new(Capacity + Padding);
    private int _start;
    private int _length;

    /// <summary>The next byte.</summary>
    internal byte* Next => _block.Address + _start;

    /// <summary>Behind the last byte that is there.</summary>
    internal byte* End => _block.Address + _start + _length;

    /// <summary>How many bytes are there.</summary>
    internal int Available => _length;

    /// <summary>No more will come.</summary>
    internal bool AtEnd { get; private set; }

    /// <summary>Reads until so many bytes are there, or the stream is at its end.</summary>
    /// <returns>Whether they are.</returns>
    internal bool Ensure(int count)
    {
        if (_length < count && !AtEnd)
        {
            Span<byte> all = _block.Span;
            all.Slice(_start, _length).CopyTo(all);
            _start = 0;
            while (_length < count && !AtEnd)
            {
                int read = source.Read(all[_length..Capacity]);
                _length += read;
                AtEnd = read == 0;
            }

            if (AtEnd)
            {
                all.Slice(_length, Padding).Clear();
            }
        }

        return _length >= count;
    }

    /// <summary>Passes over what was read up to a place; it may be in the padding.</summary>
    /// <exception cref="EndOfStreamException">It is: the stream ends too early.</exception>
    internal void MoveTo(byte* next)
    {
        int count = (int)(next - Next);
        if (count > _length)
        {
            throw new EndOfStreamException();
        }

        _start += count;
        _length -= count;
    }

    public void Dispose() => ((IDisposable)_block).Dispose();
}
