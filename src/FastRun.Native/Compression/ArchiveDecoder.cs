using System;
using System.IO;

namespace FastRun.Native.Compression;

/// <summary>Decompresses the streams of one format, one after another, with bounded memory.</summary>
public abstract class ArchiveDecoder : IDisposable
{
    /// <summary>Decompresses some input.</summary>
    /// <param name="input">It; empty at its end.</param>
    /// <param name="output">Takes what comes of it.</param>
    /// <param name="consumed">How much of the input was taken.</param>
    /// <param name="written">How much came of it.</param>
    /// <returns>Whether all is over: the input has ended, and ended well.</returns>
    /// <exception cref="InvalidDataException">It is damaged, ends too soon, or wants more memory than it may have.</exception>
    public abstract bool Decompress(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written);

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the decoder holds, once.</summary>
    protected abstract void Free();
}
