using System;
using System.IO;
using System.Threading;
using FastRun.Native.Compression;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>
/// Chooses a decompressor by the first bytes, as all engines do: media types are often wrong (Docker's save archives, plain
/// tars pushed as gzip).
/// </summary>
internal static class Decompression
{
    /// <summary>As many bytes as <see cref="Detect"/> wants to see.</summary>
    private const int MagicSize = 6;

    /// <summary>What a blob with such a beginning is compressed with.</summary>
    internal static CompressionKind Detect(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 0x08, ..] => CompressionKind.Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => CompressionKind.Zstd,

        // A skippable frame: zstd:chunked and seekable variants may begin with one.
        [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => CompressionKind.Zstd,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00, ..] => CompressionKind.Xz,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, ..] => CompressionKind.Bzip2,
        _ => CompressionKind.None,
    };

    /// <summary>The uncompressed bytes of a blob. The source stays the caller's.</summary>
    /// <param name="source">The blob.</param>
    /// <param name="buffers">Has the turn of the blobs that want a large window; where there are none, they are refused.</param>
    /// <param name="cancellation">Ends the wait for that turn.</param>
    /// <exception cref="LayerException">It is compressed with something else.</exception>
    internal static LayerDecoder Open(Stream source, LayerBuffers? buffers = null, CancellationToken cancellation = default) =>
        Open(source, buffers, isArchive: false, cancellation);

    /// <summary>As <see cref="Open(Stream, LayerBuffers?, CancellationToken)"/>, but of a file that a user has: bzip2 and xz are read as well.</summary>
    internal static LayerDecoder OpenArchive(Stream source, LayerBuffers buffers) => Open(source, buffers, isArchive: true, default);

    private static LayerDecoder Open(Stream source, LayerBuffers? buffers, bool isArchive, CancellationToken cancellation)
    {
        byte[] start = new byte[MagicSize];
        int length = source.ReadAtLeast(start, MagicSize, throwOnEndOfStream: false);
        CompressionKind kind = Detect(start.AsSpan(0, length));
        Stream whole = new PrefixedStream(start.AsMemory(0, length), source);
        return kind switch
        {
            CompressionKind.Gzip => new GzipLayerDecoder(whole),
            CompressionKind.Zstd => new StreamLayerDecoder(new ZstdReadStream(whole, buffers?.LargeWindow, cancellation)),
            CompressionKind.None => new StreamLayerDecoder(whole),
            CompressionKind.Xz when isArchive => new StreamLayerDecoder(new ArchiveReadStream(whole, new XzDecoder())),
            CompressionKind.Bzip2 when isArchive => new StreamLayerDecoder(new ArchiveReadStream(whole, new Bzip2Decoder())),
            _ => throw new LayerException(
                LayerErrorKind.Unsupported,
                $"compressed with {(kind == CompressionKind.Xz ? "xz" : "bzip2")}; gzip, zstd and none are supported"),
        };
    }
}
