using System;
using System.Buffers;
using System.IO;
using FastRun.Native.Compression;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>Compresses to one Zstandard frame, ended by <see cref="Complete"/>.</summary>
internal sealed class ZstdWriteStream(Stream target, int level) : WriteOnlyStream
{
    private const int BufferSize = 128 * 1024;

    private readonly ZstdEncoder _encoder = new(level);
    private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(BufferSize);
    private byte[] _output = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _pending;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // Many small pieces: the encoder sees them together.
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, BufferSize - _pending);
            buffer[..count].CopyTo(_input.AsSpan(_pending));
            _pending += count;
            buffer = buffer[count..];
            if (_pending == BufferSize)
            {
                Compress();
            }
        }
    }

    /// <summary>Ends the frame. Without it the output is cut short, as after a failure it should be.</summary>
    public void Complete()
    {
        Compress();
        bool complete;
        do
        {
            complete = _encoder.Compress([], _output, end: true, out _, out int written);
            target.Write(_output, 0, written);
        }
        while (!complete);
    }

    public override void Flush() => target.Flush();

    private void Compress()
    {
        ReadOnlySpan<byte> rest = _input.AsSpan(0, _pending);
        while (!rest.IsEmpty)
        {
            _encoder.Compress(rest, _output, end: false, out int consumed, out int written);
            if (written > 0)
            {
                target.Write(_output, 0, written);
            }

            rest = rest[consumed..];
        }

        _pending = 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _output.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_output);
            ArrayPool<byte>.Shared.Return(_input);
            _output = [];
            _encoder.Dispose();
            target.Dispose();
        }

        base.Dispose(disposing);
    }
}
