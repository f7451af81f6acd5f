using System;
using System.IO;
using System.Threading;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <summary>Passes bytes on until a signal comes.</summary>
internal sealed class InterruptibleStream(Stream target, CancellationToken cancellation) : WriteOnlyStream
{
    /// <exception cref="OperationCanceledException">A signal came.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        target.Write(buffer);
    }

    public override void Flush() => target.Flush();
}
