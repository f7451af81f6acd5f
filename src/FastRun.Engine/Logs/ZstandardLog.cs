using System;
using FastRun.Native;
using FastRun.Native.Compression;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>Rotated files as Zstandard frames: a tenth of their size, at little cost.</summary>
internal sealed class ZstandardLog : LogCompression
{
    private const int Level = 1;

    /// <inheritdoc/>
    internal override string Suffix => ".zst";

    /// <inheritdoc/>
    protected override void Compress(Fd source, Fd target)
    {
        using ZstdEncoder encoder = new(Level);
        byte[] input = new byte[BlockSize];
        byte[] output = new byte[BlockSize];
        int read;
        bool complete;
        do
        {
            read = FileContent.Read(source, input);
            int at = 0;
            do
            {
                complete = encoder.Compress(input.AsSpan(at, read - at), output, end: read == 0, out int consumed, out int written);
                at += consumed;
                FileContent.Write(target, output.AsSpan(0, written));
            }
            while (at < read || (read == 0 && !complete));
        }
        while (read > 0);
    }

    /// <inheritdoc/>
    protected override void Decompress(Fd source, Fd target)
    {
        using ZstdDecoder decoder = new();
        byte[] input = new byte[BlockSize];
        byte[] output = new byte[BlockSize];
        int read;
        while ((read = FileContent.Read(source, input)) > 0)
        {
            int at = 0;
            int written;
            do
            {
                decoder.Decompress(input.AsSpan(at, read - at), output, out int consumed, out written);
                at += consumed;
                FileContent.Write(target, output.AsSpan(0, written));
            }
            while (at < read || written == output.Length);
        }
    }
}
