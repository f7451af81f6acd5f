using System;
using System.Numerics;
using System.Runtime.InteropServices;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>What tells that a file's content is what it was; its form in a cache file is that in memory.</summary>
/// <param name="Inode">The inode's number.</param>
/// <param name="Device">The file system's device.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">The mtime, in nanoseconds since 1970.</param>
/// <param name="Changed">The ctime, in nanoseconds since 1970.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ContentHashKey(ulong Inode, ulong Device, long Size, long Modified, long Changed)
{
    /// <summary>The length in bytes.</summary>
    internal const int Length = 5 * sizeof(long);

    private const long Second = 1_000_000_000;
    private const long LastSecond = long.MaxValue / Second - 1;

    /// <summary>That of a file; null where its times are too far from now.</summary>
    internal static ContentHashKey? Of(in FileStatus status) =>
        Math.Abs(status.Modified.Seconds) > LastSecond || Math.Abs(status.Changed.Seconds) > LastSecond
            ? null
            : new ContentHashKey(status.Inode, status.Device, status.Size, Nanoseconds(status.Modified), Nanoseconds(status.Changed));

    /// <summary>Spreads keys over a table.</summary>
    internal int Slot(int mask) => (int)(((Inode ^ BitOperations.RotateLeft((ulong)Changed, 32)) * 0x9E37_79B9_7F4A_7C15) >> 33) & mask;

    private static long Nanoseconds(FileTime time) => (time.Seconds * Second) + time.Nanoseconds;
}
