using System;
using System.Buffers;
using System.IO;
using FastRun.Native.Compression;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>Decompresses the Zstandard frames of a stream.</summary>
internal sealed class ZstdReadStream(Stream source) : ReadOnlyStream
{
    private const int InputSize = 128 * 1024;

    private readonly ZstdDecoder _decoder = new();
    private byte[] _input = ArrayPool<byte>.Shared.Rent(InputSize);
    private int _start;
    private int _end;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            if (_start == _end && !_ended)
            {
                _start = 0;
                _end = source.Read(_input, 0, InputSize);
                _ended = _end == 0;
            }

            if (_ended && _decoder.AtFrameEnd)
            {
                return 0;
            }

            // At the end of the input the decoder may still hold output.
            _decoder.Decompress(_input.AsSpan(_start, _end - _start), buffer, out int consumed, out int written);
            _start += consumed;
            if (written > 0)
            {
                return written;
            }

            if (_ended && !_decoder.AtFrameEnd)
            {
                throw new EndOfStreamException();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _input.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_input);
            _input = [];
            _decoder.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
