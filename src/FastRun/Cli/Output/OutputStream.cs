using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Output;

/// <summary>Standard output for bytes; unlike FileStream it says when the reader is gone.</summary>
internal sealed class OutputStream : WriteOnlyStream
{
    private readonly Fd _output = Fd.Borrow(OutputWriter.StandardOutput);

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
}
