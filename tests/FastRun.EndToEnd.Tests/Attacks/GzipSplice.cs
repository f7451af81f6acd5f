using System;
using System.Buffers;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>
/// A gzip stream (RFC 1952, 1951) of pieces that are compressed once and repeated: each ends at a byte and refers to nothing
/// before it. So gibibytes take milliseconds to make. The check sum at the end is wrong: nobody is to get that far.
/// </summary>
internal sealed class GzipSplice : ISplice
{
    private const int MaxStored = ushort.MaxValue;
    private const int ZerosAtOnce = 1 << 20;

    private readonly ArrayBufferWriter<byte> _blob = new();

    internal GzipSplice() => _blob.Write<byte>([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]);

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[5];
        while (!content.IsEmpty)
        {
            ReadOnlySpan<byte> stored = content[..Math.Min(content.Length, MaxStored)];
            header[0] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)stored.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~stored.Length);
            _blob.Write(header);
            _blob.Write(stored);
            content = content[stored.Length..];
        }
    }

    /// <inheritdoc/>
    public void AddZeros(long count) => Repeat(Compress(new byte[ZerosAtOnce]), (int)(count / ZerosAtOnce));

    /// <inheritdoc/>
    public byte[] ToArray()
    {
        _blob.Write<byte>([1, 0, 0, 0xFF, 0xFF, .. new byte[8]]);
        return _blob.WrittenSpan.ToArray();
    }

    /// <summary>A piece for <see cref="Repeat"/>.</summary>
    internal static byte[] Compress(byte[] content)
    {
        using MemoryStream piece = new();
        using DeflateStream deflate = new(piece, CompressionLevel.Optimal);
        deflate.Write(content);

        // A flush ends at a byte's boundary, and the last block is yet to come.
        deflate.Flush();
        return piece.ToArray();
    }

    /// <summary>Adds a compressed piece so many times.</summary>
    internal void Repeat(byte[] piece, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _blob.Write(piece);
        }
    }
}
