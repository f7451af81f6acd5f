using System;
using System.Buffers.Binary;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>Reads what <see cref="LocalLog"/> wrote.</summary>
internal sealed class LocalLogReader(Fd file) : LogReader(file)
{
    private readonly byte[] _text = new byte[ContainerLog.LargestEntry];

    /// <inheritdoc/>
    protected override int LongestEntry => LocalLog.Frame + LocalLog.Header + ContainerLog.LargestEntry;

    /// <inheritdoc/>
    protected override long FindLast(long count, out long found)
    {
        long at = FileAt.Stat(File).Size;
        Span<byte> number = stackalloc byte[4];
        for (found = 0; found < count && at >= LocalLog.Frame + LocalLog.Header; found++)
        {
            int read = FileContent.ReadAt(File, number, at - 4);
            long length = LocalLog.Frame + (long)BinaryPrimitives.ReadInt32LittleEndian(number);
            if (read < 4 || length < LocalLog.Frame + LocalLog.Header || length > at)
            {
                // The writer is at its last entry, or was killed there: the whole file is better than nothing.
                found = 0;
                return 0;
            }

            at -= length;
        }

        return at;
    }

    /// <inheritdoc/>
    protected override int NextLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            return 0;
        }

        long length = BinaryPrimitives.ReadInt32LittleEndian(bytes) + (long)LocalLog.Frame;

        // What cannot be a length: a byte is passed over, until something can.
        return length is < LocalLog.Frame + LocalLog.Header or > LocalLog.Frame + LocalLog.Header + ContainerLog.LargestEntry ? 1
            : length <= bytes.Length ? (int)length : 0;
    }

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<byte> bytes, out LogEntry entry)
    {
        entry = default;
        if (bytes.Length < LocalLog.Frame + LocalLog.Header
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[^4..]) != bytes.Length - LocalLog.Frame)
        {
            return false;
        }

        long ticks = BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]);
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        ReadOnlySpan<byte> text = bytes[(4 + LocalLog.Header)..^4];
        text.CopyTo(_text);
        entry = new LogEntry(bytes[12] != 0, new DateTimeOffset(ticks, TimeSpan.Zero), _text.AsMemory(0, text.Length), null);
        return true;
    }
}
