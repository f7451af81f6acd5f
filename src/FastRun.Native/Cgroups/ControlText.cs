using System;
using System.Globalization;
using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>The small texts of cgroup control files and of /proc.</summary>
internal static unsafe class ControlText
{
    /// <summary>Reads a file to its end, without the last newline; null where reading fails.</summary>
    internal static string? TryRead(Fd file)
    {
        StringBuilder? text = null;
        byte* buffer = stackalloc byte[4096];
        while (true)
        {
            nint length = Kernel.syscall(Sys.read, file.Number, (nint)buffer, 4096, 0, 0, 0);
            if (length < 0)
            {
                return null;
            }

            if (length == 0)
            {
                return text?.ToString().TrimEnd('\n') ?? "";
            }

            (text ??= new StringBuilder()).Append(Encoding.UTF8.GetString(buffer, (int)length));
        }
    }

    /// <summary>Reads a file of /proc or another fixed place.</summary>
    internal static string? TryRead(string path)
    {
        using CString text = new(path, stackalloc byte[256]);
        nint result = Kernel.fast_syscall(
            Sys.openat, Fcntl.AT_FDCWD, text.Address, CgroupFs.O_RDONLY | CgroupFs.O_CLOEXEC, 0, 0, 0);
        if (result < 0)
        {
            return null;
        }

        using Fd file = new((int)result);
        return TryRead(file);
    }

    /// <summary>The number behind a key in a flat keyed file (cgroup-v2.rst, "Interface File Formats").</summary>
    internal static long? Keyed(string? text, string key)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ' ')
            {
                return Number(line[(key.Length + 1)..]);
            }
        }

        return null;
    }

    /// <summary>A single number; null for <c>max</c> and for anything else.</summary>
    internal static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Whether a list separated by blanks has a word.</summary>
    internal static bool HasWord(string? list, string word)
    {
        foreach (Range range in list.AsSpan().Split(' '))
        {
            if (list.AsSpan(range).SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }
}
