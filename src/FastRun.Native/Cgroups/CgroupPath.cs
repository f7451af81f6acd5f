using System;

namespace FastRun.Native.Cgroups;

/// <summary>Names and paths of groups that users give.</summary>
internal static class CgroupPath
{
    private const int LongestName = 255;

    /// <summary>A parent as a path without slashes at its ends; null for none.</summary>
    /// <exception cref="FormatException">It is not a path that stays below the root.</exception>
    internal static string? Parent(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string path = text.Trim('/');
        foreach (string component in path.Split('/'))
        {
            if (!IsName(component))
            {
                throw new FormatException($"cgroup parent '{text}' is not a path of plain names");
            }
        }

        return path;
    }

    /// <summary>A name, checked.</summary>
    /// <exception cref="FormatException">It cannot be one.</exception>
    internal static string Name(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsName(text) ? text : throw new FormatException($"'{text}' cannot be the name of a cgroup");
    }

    // Control characters would break the lines of /proc/PID/cgroup for everybody who reads them.
    private static bool IsName(string text) =>
        text is not ("" or "." or "..") && text.Length <= LongestName
        && !text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.Contains('/', StringComparison.Ordinal);
}
