using System;
using System.Buffers;
using System.Buffers.Binary;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>
/// The log driver <c>local</c>: entries without any escape. Each is its length (4 bytes), the time in ticks of UTC (8), the
/// stream (1), the text, and the length once more, so that the last ones are found from the end. All numbers are little-endian.
/// </summary>
internal sealed class LocalLog : FileLog
{
    /// <summary>The length at both ends.</summary>
    internal const int Frame = 8;

    /// <summary>Time and stream.</summary>
    internal const int Header = 9;

    /// <summary>Opens the log. What a killed writer left of its last entry is cut off.</summary>
    internal LocalLog(RotatedFile file)
        : base(file)
    {
        if (!EndsWhole(file))
        {
            file.SetSize(WholeLength(file));
        }
    }

    /// <inheritdoc/>
    protected override void Encode(ArrayBufferWriter<byte> target, bool error, long ticks, ReadOnlySpan<byte> text)
    {
        int length = Header + text.Length;
        Span<byte> entry = target.GetSpan(length + Frame)[..(length + Frame)];
        BinaryPrimitives.WriteInt32LittleEndian(entry, length);
        BinaryPrimitives.WriteInt64LittleEndian(entry[4..], ticks);
        entry[12] = error ? (byte)1 : (byte)0;
        text.CopyTo(entry[13..]);
        BinaryPrimitives.WriteInt32LittleEndian(entry[(length + 4)..], length);
        target.Advance(entry.Length);
    }

    private static bool EndsWhole(RotatedFile file)
    {
        if (file.Size < Frame + Header)
        {
            return file.Size == 0;
        }

        int length = ReadNumber(file, file.Size - 4);
        return length >= Header && length <= file.Size - Frame && ReadNumber(file, file.Size - Frame - length) == length;
    }

    private static long WholeLength(RotatedFile file)
    {
        long at = 0;
        while (file.Size - at >= Frame + Header)
        {
            int length = ReadNumber(file, at);
            if (length < Header || length > file.Size - at - Frame || ReadNumber(file, at + 4 + length) != length)
            {
                break;
            }

            at += Frame + length;
        }

        return at;
    }

    private static int ReadNumber(RotatedFile file, long at)
    {
        Span<byte> number = stackalloc byte[4];
        return FileContent.ReadAt(file.File, number, at) == 4 ? BinaryPrimitives.ReadInt32LittleEndian(number) : -1;
    }
}
