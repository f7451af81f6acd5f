using System;
using System.Buffers.Binary;

namespace FastRun.Native.Compression;

/// <summary>What the header of a Zstandard frame says (RFC 8878, 3.1.1.1).</summary>
public static class ZstdFrame
{
    /// <summary>As many bytes as the longest header has, with its magic number.</summary>
    public const int MaxHeaderSize = 18;

    /// <summary>The window that every decoder should support (3.1.1.1.2), in bytes.</summary>
    public const ulong CommonWindowSize = 8UL << 20;

    private const uint Magic = 0xFD2FB528;

    /// <summary>
    /// How many bytes of its output a decoder of this frame has to keep. 0 for what is no frame, a skippable one, or too short:
    /// the decoder has the last word on them.
    /// </summary>
    /// <param name="start">The frame's beginning, of at least <see cref="MaxHeaderSize"/> bytes where it has as many.</param>
    public static ulong WindowSize(ReadOnlySpan<byte> start)
    {
        if (start.Length < 6 || BinaryPrimitives.ReadUInt32LittleEndian(start) != Magic)
        {
            return 0;
        }

        byte descriptor = start[4];
        bool isSingleSegment = (descriptor & 0x20) != 0;
        return isSingleSegment ? ContentSize(descriptor >> 6, start[5..], DictionaryIdSize(descriptor & 3)) : WindowSize(start[5]);
    }

    private static ulong WindowSize(byte descriptor)
    {
        ulong unit = 1UL << (10 + (descriptor >> 3));
        return unit + (unit / 8 * (ulong)(descriptor & 7));
    }

    private static int DictionaryIdSize(int flag) => flag == 3 ? 4 : flag;

    private static ulong ContentSize(int flag, ReadOnlySpan<byte> fields, int skipped)
    {
        int size = 1 << flag;
        if (fields.Length < skipped + size)
        {
            return 0;
        }

        ReadOnlySpan<byte> field = fields[skipped..];
        return flag switch
        {
            0 => field[0],
            1 => BinaryPrimitives.ReadUInt16LittleEndian(field) + 256UL,
            2 => BinaryPrimitives.ReadUInt32LittleEndian(field),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(field),
        };
    }
}
