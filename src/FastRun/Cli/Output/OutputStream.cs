using System;
using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Output;

/// <summary>Standard output for bytes; unlike FileStream it says when the reader is gone.</summary>
internal sealed class OutputStream : Stream
{
    private readonly Fd _output = Fd.Borrow(OutputWriter.StandardOutput);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="OutputException">The reader is gone, or the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            FileContent.Write(_output, buffer);
        }
        catch (SyscallException exception)
        {
            throw new OutputException(exception.Errno);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
