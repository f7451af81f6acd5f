using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>The host's own mount table (proc_pid_mountinfo(5)), of which only file systems with files of the host count.</summary>
internal static class HostMountTable
{
    private const int Limit = 16 * 1024 * 1024;

    private static string[] KernelTypes { get; } =
    [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
        "fusectl", "hugetlbfs", "mqueue", "nsfs", "overlay", "proc", "pstore", "ramfs", "rpc_pipefs", "securityfs",
        "selinuxfs", "sysfs", "tmpfs", "tracefs",
    ];

    /// <summary>Mount points of such file systems below the root, in mount order.</summary>
    internal static List<string> FilesystemsBelowRoot() => Parse(Read());

    /// <summary>The type of the file system at the root.</summary>
    internal static string TypeOfRoot() => TypeOfRoot(Read());

    /// <summary>The type of the file system at the root in a table's text; empty where the root is no mount point.</summary>
    internal static string TypeOfRoot(string table)
    {
        string last = "";
        foreach (Range line in table.AsSpan().Split('\n'))
        {
            if (TrySplit(table.AsSpan(line), out ReadOnlySpan<char> point, out ReadOnlySpan<char> type) && point is "/")
            {
                last = type.ToString();
            }
        }

        return last;
    }

    /// <summary>Parses the table's text.</summary>
    internal static List<string> Parse(string table)
    {
        List<string> points = [];
        foreach (Range line in table.AsSpan().Split('\n'))
        {
            if (TrySplit(table.AsSpan(line), out ReadOnlySpan<char> point, out ReadOnlySpan<char> type)
                && point.Length > 1 && Array.IndexOf(KernelTypes, type.ToString()) < 0)
            {
                points.Add(Unescape(point));
            }
        }

        return points;
    }

    private static string Read()
    {
        using Fd file = FileAt.Open(null, "/proc/self/mountinfo", OpenFlags.Read);
        return Encoding.UTF8.GetString(FileContent.ReadAll(file, Limit));
    }

    private static bool TrySplit(ReadOnlySpan<char> line, out ReadOnlySpan<char> point, out ReadOnlySpan<char> type)
    {
        point = type = default;

        // id parent major:minor root MOUNTPOINT options [optional ...] - TYPE source superoptions
        int separator = line.IndexOf(" - ", StringComparison.Ordinal);
        if (separator < 0)
        {
            return false;
        }

        type = line[(separator + 3)..];
        int end = type.IndexOf(' ');
        type = end < 0 ? type : type[..end];
        int index = 0;
        foreach (Range range in line[..separator].Split(' '))
        {
            if (index++ == 4)
            {
                point = line[range];
                return true;
            }
        }

        return false;
    }

    /// <summary>Space, tab, newline and backslash stand as three octal digits behind a backslash.</summary>
    private static string Unescape(ReadOnlySpan<char> text)
    {
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                result.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
