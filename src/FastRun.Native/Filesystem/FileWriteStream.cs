using System;

namespace FastRun.Native.Filesystem;

/// <summary>
/// A file that is only written, from front to back, without a buffer. Unlike FileStream it fails with the errno that
/// write(2) gave, so that a full disk can be told from a broken one.
/// </summary>
public sealed class FileWriteStream(Fd file) : WriteOnlyStream
{
    /// <exception cref="SyscallException">write(2) failed.</exception>
    public override void Write(ReadOnlySpan<byte> buffer) => FileContent.Write(file, buffer);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
