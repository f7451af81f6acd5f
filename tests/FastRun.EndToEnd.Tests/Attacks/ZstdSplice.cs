using System;
using System.Buffers;
using System.Buffers.Binary;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>A Zstandard frame (RFC 8878, section 3.1.1) of raw blocks, and of RLE blocks: four bytes for 128 KiB of zeros.</summary>
internal sealed class ZstdSplice : ISplice
{
    private const int MaxBlock = 128 * 1024;
    private const int Raw = 0;
    private const int RunLength = 1;

    private readonly ArrayBufferWriter<byte> _blob = new();

    /// <param name="windowLog">The window that the frame asks for: 2 to the power of this bytes.</param>
    internal ZstdSplice(int windowLog = 17) => _blob.Write<byte>([0x28, 0xB5, 0x2F, 0xFD, 0, (byte)((windowLog - 10) << 3)]);

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            ReadOnlySpan<byte> block = content[..Math.Min(content.Length, MaxBlock)];
            WriteHeader(Raw, block.Length);
            _blob.Write(block);
            content = content[block.Length..];
        }
    }

    /// <inheritdoc/>
    public void AddZeros(long count)
    {
        for (long i = 0; i < count / MaxBlock; i++)
        {
            WriteHeader(RunLength, MaxBlock);
            _blob.Write<byte>([0]);
        }
    }

    /// <inheritdoc/>
    public byte[] ToArray()
    {
        WriteHeader(Raw, 0, isLast: true);
        return _blob.WrittenSpan.ToArray();
    }

    private void WriteHeader(int type, int size, bool isLast = false)
    {
        Span<byte> header = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(header, (size << 3) | (type << 1) | (isLast ? 1 : 0));
        _blob.Write(header[..3]);
    }
}
