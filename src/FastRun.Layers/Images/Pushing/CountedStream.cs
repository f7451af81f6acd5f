using System;
using System.IO;

namespace FastRun.Layers.Images.Pushing;

/// <summary>Tells how far a stream was read. Owns it.</summary>
/// <param name="source">The stream.</param>
/// <param name="done">Hears how many bytes were read so far; what it throws ends the reading.</param>
internal sealed class CountedStream(Stream source, Action<long> done) : ReadOnlyStream
{
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        int count = source.Read(buffer);
        done(_position += count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
