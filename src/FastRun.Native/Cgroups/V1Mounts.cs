using System;
using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>Where cgroup v1 hierarchies are, from the kernel's own tables.</summary>
internal static class V1Mounts
{
    /// <summary>Opens the root of a controller's hierarchy wherever it is mounted.</summary>
    internal static CgroupDirectory? TryOpen(string controller) =>
        MountPoint(ControlText.TryRead("/proc/self/mountinfo") ?? "", controller) is { } path
            ? CgroupDirectory.TryOpen(path, CgroupFs.CGROUP_SUPER_MAGIC)
            : null;

    /// <summary>The mount point of a controller's v1 hierarchy in a text of /proc/PID/mountinfo (proc_pid_mountinfo(5)).</summary>
    internal static string? MountPoint(string mountInfo, string controller)
    {
        foreach (string line in mountInfo.Split('\n'))
        {
            // ID parent major:minor root MOUNT-POINT options [tags] - TYPE source SUPER-OPTIONS
            int separator = line.IndexOf(" - cgroup ", StringComparison.Ordinal);
            if (separator < 0)
            {
                continue;
            }

            string[] head = line[..separator].Split(' ');
            string[] tail = line[(separator + 3)..].Split(' ');
            if (head.Length > 4 && tail.Length > 2 && Array.IndexOf(tail[2].Split(','), controller) >= 0)
            {
                return Unescape(head[4]);
            }
        }

        return null;
    }

    /// <summary>A process's path in a controller's v1 hierarchy, from a text of /proc/PID/cgroup (cgroups(7)).</summary>
    internal static string? OwnPath(string groups, string controller)
    {
        foreach (string line in groups.Split('\n'))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3 && Array.IndexOf(fields[1].Split(','), controller) >= 0)
            {
                return fields[2];
            }
        }

        return null;
    }

    /// <summary>Blank, tab, newline and backslash are octal escapes in mountinfo.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                plain.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
