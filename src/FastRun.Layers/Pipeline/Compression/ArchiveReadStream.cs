using System;
using System.Buffers;
using System.IO;
using FastRun.Native.Compression;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>Decompresses a stream with a decoder of an archive's format.</summary>
/// <param name="source">The stream; owned.</param>
/// <param name="decoder">The decoder; owned.</param>
internal sealed class ArchiveReadStream(Stream source, ArchiveDecoder decoder) : ReadOnlyStream
{
    private const int InputSize = 128 * 1024;

    private byte[] _input = ArrayPool<byte>.Shared.Rent(InputSize);
    private int _start;
    private int _end;
    private bool _isOver;

    public override int Read(Span<byte> buffer)
    {
        while (!_isOver && !buffer.IsEmpty)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, source.Read(_input, 0, InputSize));
            }

            _isOver = decoder.Decompress(_input.AsSpan(_start, _end - _start), buffer, out int consumed, out int written);
            _start += consumed;
            if (written > 0)
            {
                return written;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _input.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_input);
            _input = [];
            decoder.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
