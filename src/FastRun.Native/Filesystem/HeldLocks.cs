using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Who holds flock(2) locks at one moment (/proc/locks, proc(5)): tells what is in use without taking a lock, which another
/// process could stumble over.
/// </summary>
public sealed class HeldLocks
{
    private const string Path = "/proc/locks";

    private readonly Dictionary<ulong, List<ulong>>[] _readings;

    private HeldLocks(Dictionary<ulong, List<ulong>>[] readings)
    {
        _readings = readings;
    }

    /// <summary>
    /// Reads the locks that are held now. The kernel gives its list page by page, so a lock that somebody takes or releases
    /// meanwhile may hide another one or show it twice: hence three readings.
    /// </summary>
    public static HeldLocks Read() => Parse(File.ReadLines(Path), File.ReadLines(Path), File.ReadLines(Path));

    /// <summary>How many open files hold a lock on a file, as most readings say.</summary>
    public int Count(in FileStatus file)
    {
        Span<int> counts = stackalloc int[_readings.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            foreach (ulong device in _readings[i].GetValueOrDefault(file.Inode) ?? [])
            {
                // Where a file system has devices of its own making (btrfs, overlay) statx(2) and this list need not agree.
                counts[i] += device == file.Device || device >> 32 == 0 || file.Device >> 32 == 0 ? 1 : 0;
            }
        }

        counts.Sort();
        return counts[counts.Length / 2];
    }

    /// <summary>Reads lines like <c>1: FLOCK  ADVISORY  READ 8421 fe:01:4711 0 EOF</c>; those of waiters have an arrow.</summary>
    internal static HeldLocks Parse(params IEnumerable<string>[] readings) => new(Array.ConvertAll(readings, ParseOne));

    private static Dictionary<ulong, List<ulong>> ParseOne(IEnumerable<string> lines)
    {
        Dictionary<ulong, List<ulong>> inodes = [];
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 6 || fields[1] != "FLOCK")
            {
                continue;
            }

            string[] file = fields[5].Split(':');
            if (file.Length == 3
                && ulong.TryParse(file[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong major)
                && ulong.TryParse(file[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong minor)
                && ulong.TryParse(file[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
            {
                if (!inodes.TryGetValue(inode, out List<ulong>? devices))
                {
                    inodes.Add(inode, devices = []);
                }

                devices.Add((major << 32) | minor);
            }
        }

        return inodes;
    }
}
