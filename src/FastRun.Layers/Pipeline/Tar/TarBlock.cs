using System;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// The fields of a 512-byte tar header: POSIX ustar, GNU's and star's variants of it, and the older V7
/// (POSIX.1-2017, pax, "ustar Interchange Format"; tar(5)).
/// </summary>
internal readonly ref struct TarBlock(ReadOnlySpan<byte> block)
{
    internal const int Size = 512;

    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;

    private readonly ReadOnlySpan<byte> _block = block[..Size];

    internal ReadOnlySpan<byte> Name => Text(0, 100);

    internal long Mode => Number(100, 8);

    internal long Uid => Number(108, 8);

    internal long Gid => Number(116, 8);

    internal long FileSize => Number(124, 12);

    internal long Modified => Number(136, 12);

    internal byte TypeFlag => _block[156];

    internal ReadOnlySpan<byte> LinkName => Text(157, 100);

    internal long DeviceMajor => IsV7 ? 0 : Number(329, 8);

    internal long DeviceMinor => IsV7 ? 0 : Number(337, 8);

    /// <summary>What stands before the name and a slash. GNU keeps times there, star a shorter prefix.</summary>
    internal ReadOnlySpan<byte> Prefix =>
        !IsUstar ? default : _block[508..].SequenceEqual("tar\0"u8) ? Text(345, 131) : Text(345, 155);

    internal bool IsZero => !_block.ContainsAnyExcept((byte)0);

    private bool IsUstar => _block[257..263].SequenceEqual("ustar\0"u8);

    private bool IsV7 => !_block[257..262].SequenceEqual("ustar"u8);

    /// <summary>Whether the sum of all bytes, the checksum's own taken as spaces, is right; some tars added signed bytes.</summary>
    internal bool HasValidChecksum()
    {
        int unsigned = 0;
        int signed = 0;
        for (int i = 0; i < Size; i++)
        {
            byte value = i is >= ChecksumOffset and < ChecksumOffset + ChecksumLength ? (byte)' ' : _block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        return TryNumber(_block.Slice(ChecksumOffset, ChecksumLength), out long sum) && (sum == unsigned || sum == signed);
    }

    /// <summary>Reads a numeric field: octal digits among spaces and NULs, or GNU's base-256 with the top bit set.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryBase256(field, out value);
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        int end = digits.IndexOfAny((byte)' ', (byte)0);
        foreach (byte digit in end < 0 ? digits : digits[..end])
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return true;
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        // Two's complement over all bits but the topmost, which is only the marker.
        bool negative = (field[0] & 0x40) != 0;
        long result = negative ? -1 : 0;
        for (int i = 0; i < field.Length; i++)
        {
            int octet = i == 0 ? (negative ? field[0] | 0x80 : field[0] & 0x7F) : field[i];
            if (result != (negative ? -1 : 0) && (result > long.MaxValue >> 8 || result < long.MinValue >> 8))
            {
                value = 0;
                return false;
            }

            result = (result << 8) | (long)octet;
        }

        value = result;
        return (result < 0) == negative;
    }

    private ReadOnlySpan<byte> Text(int offset, int length)
    {
        ReadOnlySpan<byte> field = _block.Slice(offset, length);
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    private long Number(int offset, int length) =>
        TryNumber(_block.Slice(offset, length), out long value)
            ? value
            : throw new LayerException(LayerErrorKind.Malformed, "a tar header has an invalid number");
}
