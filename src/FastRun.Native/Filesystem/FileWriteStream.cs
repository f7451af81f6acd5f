using System;
using System.IO;

namespace FastRun.Native.Filesystem;

/// <summary>
/// A file that is only written, from front to back, without a buffer. Unlike FileStream it fails with the errno that
/// write(2) gave, so that a full disk can be told from a broken one.
/// </summary>
internal sealed class FileWriteStream(Fd file) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="SyscallException">write(2) failed.</exception>
    public override void Write(ReadOnlySpan<byte> buffer) => FileContent.Write(file, buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
