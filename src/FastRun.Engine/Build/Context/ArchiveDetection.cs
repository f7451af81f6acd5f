using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Context;

/// <summary>Whether a file is an archive that is unpacked, by its first bytes: its name means nothing.</summary>
internal static class ArchiveDetection
{
    private const int BlockSize = 512;
    private const int ChecksumOffset = 148;
    private const int ChecksumSize = 8;

    /// <summary>Looks at an open file, whose position stays.</summary>
    internal static bool IsArchive(Fd file)
    {
        Span<byte> start = stackalloc byte[BlockSize];
        int length = 0;
        int read;
        while (length < BlockSize && (read = FileContent.ReadAt(file, start[length..], length)) > 0)
        {
            length += read;
        }

        return IsArchive(start[..length]);
    }

    /// <summary>Looks at the first 512 bytes.</summary>
    internal static bool IsArchive(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 0x08, ..] => true,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => true,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00, ..] => true,
        [(byte)'B', (byte)'Z', (byte)'h', ..] => true,
        _ => IsTar(start),
    };

    /// <summary>A tar's header has a checksum: the sum of its bytes, with blanks for its own.</summary>
    private static bool IsTar(ReadOnlySpan<byte> start)
    {
        if (start.Length < BlockSize)
        {
            return false;
        }

        int sum = 0;
        for (int i = 0; i < BlockSize; i++)
        {
            sum += i >= ChecksumOffset && i < ChecksumOffset + ChecksumSize ? (byte)' ' : start[i];
        }

        int stated = 0;
        foreach (byte c in start.Slice(ChecksumOffset, ChecksumSize))
        {
            stated = c is >= (byte)'0' and <= (byte)'7' ? (stated * 8) + c - '0' : stated;
        }

        return stated == sum && sum > 8 * ' ';
    }
}
