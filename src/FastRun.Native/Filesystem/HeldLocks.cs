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
    private readonly Dictionary<ulong, List<ulong>> _devices = [];

    private HeldLocks()
    {
    }

    /// <summary>Reads the locks that are held now.</summary>
    public static HeldLocks Read() => Parse(File.ReadLines("/proc/locks"));

    /// <summary>How many open files hold a lock on a file.</summary>
    public int Count(in FileStatus file)
    {
        int count = 0;
        foreach (ulong device in _devices.GetValueOrDefault(file.Inode) ?? [])
        {
            // Where a file system has devices of its own making (btrfs, overlay) statx(2) and this list need not agree.
            count += device == file.Device || device >> 32 == 0 || file.Device >> 32 == 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Reads lines like <c>1: FLOCK  ADVISORY  READ 8421 fe:01:4711 0 EOF</c>; those of waiters have an arrow.</summary>
    internal static HeldLocks Parse(IEnumerable<string> lines)
    {
        HeldLocks locks = new();
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
                if (!locks._devices.TryGetValue(inode, out List<ulong>? devices))
                {
                    locks._devices.Add(inode, devices = []);
                }

                devices.Add((major << 32) | minor);
            }
        }

        return locks;
    }
}
