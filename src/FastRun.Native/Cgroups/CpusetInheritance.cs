using System;
using System.Collections.Generic;
using System.Globalization;

namespace FastRun.Native.Cgroups;

/// <summary>What a cpuset group takes over from the group above it.</summary>
internal static class CpusetInheritance
{
    /// <summary>A new v1 group has neither CPUs nor memory nodes, and no process can join it before it has both.</summary>
    internal static void Copy(CgroupDirectory parent, CgroupDirectory group)
    {
        foreach (string file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            group.Write(file, parent.TryRead(file) ?? "");
        }
    }

    /// <summary>
    /// v2 accepts CPUs that the host does not have, and v1 says EINVAL or EACCES; so the wish is compared with what the
    /// group has inherited.
    /// </summary>
    /// <exception cref="FormatException">The wish is not a list of numbers.</exception>
    /// <exception cref="CgroupUnsupportedException">The host does not have all of them.</exception>
    internal static void Check(CgroupDirectory group, CgroupVersion version, CgroupLimits limits)
    {
        Check(group, version, "cpuset.cpus", "CPUs", limits.CpusetCpus);
        Check(group, version, "cpuset.mems", "memory nodes", limits.CpusetMems);
    }

    private static void Check(CgroupDirectory group, CgroupVersion version, string file, string what, string? wanted)
    {
        if (wanted is null)
        {
            return;
        }

        string? available = group.TryRead(version == CgroupVersion.V2 ? file + ".effective" : file);
        if (!TryParse(wanted, out SortedSet<int> wish) || wish.Count == 0)
        {
            throw new FormatException($"'{wanted}' is not a list of {what} such as 0-2,4");
        }

        if (available is not null && TryParse(available, out SortedSet<int> there) && !wish.IsSubsetOf(there))
        {
            throw new CgroupUnsupportedException($"run a sandbox on {what} {wanted}", $"it has {what} {available}");
        }
    }

    /// <summary>Parses a list of numbers and ranges, cpuset(7) "List format".</summary>
    internal static bool TryParse(string text, out SortedSet<int> cpus)
    {
        const int limit = 8192;
        cpus = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Trim().Split('-');
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || first > last || last >= limit)
            {
                return false;
            }

            for (int cpu = first; cpu <= last; cpu++)
            {
                cpus.Add(cpu);
            }
        }

        return true;
    }
}
