using System;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>Gives the uncompressed bytes of a blob, block by block.</summary>
internal abstract class LayerDecoder : IDisposable
{
    /// <summary>How many of the bytes that were given last each block must begin with, or all where there were fewer.</summary>
    internal virtual int HistorySize => 0;

    /// <summary>How many bytes at the end of a block are only scratch.</summary>
    internal virtual int Slack => 0;

    /// <summary>Gives the next bytes.</summary>
    /// <param name="block">Where they go, behind the history.</param>
    /// <param name="history">How many bytes of the block are there already.</param>
    /// <returns>How many follow them now; 0 at the end.</returns>
    internal abstract int Read(Span<byte> block, int history);

    public abstract void Dispose();
}
