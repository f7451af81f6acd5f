using System;
using System.IO;
using System.IO.Compression;
using FastRun.Native;
using FastRun.Native.Compression;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>Rotated files as gzip, which Docker's tools read.</summary>
internal sealed class GzipLog : LogCompression
{
    /// <inheritdoc/>
    internal override string Suffix => ".gz";

    /// <inheritdoc/>
    protected override void Compress(Fd source, Fd target)
    {
        using Stream file = FileContent.OpenStream(target, FileAccess.Write);
        using GZipStream gzip = new(file, CompressionLevel.Fastest);
        byte[] block = new byte[BlockSize];
        int read;
        while ((read = FileContent.Read(source, block)) > 0)
        {
            gzip.Write(block.AsSpan(0, read));
        }
    }

    /// <inheritdoc/>
    protected override void Decompress(Fd source, Fd target)
    {
        using Stream file = FileContent.OpenStream(source, FileAccess.Read);
        using GzipDecoder decoder = new(file);
        byte[] block = new byte[GzipDecoder.HistorySize + BlockSize + GzipDecoder.Slack];
        int history = 0;
        int read;
        while ((read = decoder.Read(block, history)) > 0)
        {
            FileContent.Write(target, block.AsSpan(history, read));
            int kept = Math.Min(history + read, GzipDecoder.HistorySize);
            block.AsSpan(history + read - kept, kept).CopyTo(block);
            history = kept;
        }
    }
}
