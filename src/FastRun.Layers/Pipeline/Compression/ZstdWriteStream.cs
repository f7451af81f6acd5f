using System;
using System.Buffers;
using System.IO;
using FastRun.Native.Compression;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>Compresses to one Zstandard frame, ended by <see cref="Complete"/>.</summary>
internal sealed class ZstdWriteStream(Stream target, int level) : Stream
{
    private const int OutputSize = 128 * 1024;

    private readonly ZstdEncoder _encoder = new(level);
    private byte[] _output = ArrayPool<byte>.Shared.Rent(OutputSize);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            _encoder.Compress(buffer, _output, end: false, out int consumed, out int written);
            target.Write(_output, 0, written);
            buffer = buffer[consumed..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Ends the frame. Without it the output is cut short, as after a failure it should be.</summary>
    public void Complete()
    {
        bool complete;
        do
        {
            complete = _encoder.Compress([], _output, end: true, out _, out int written);
            target.Write(_output, 0, written);
        }
        while (!complete);
    }

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _output.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_output);
            _output = [];
            _encoder.Dispose();
            target.Dispose();
        }

        base.Dispose(disposing);
    }
}
