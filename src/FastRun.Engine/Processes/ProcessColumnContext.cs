using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Processes;

/// <summary>What columns need to know of the machine: the time, its memory, its names of users and groups.</summary>
internal sealed class ProcessColumnContext
{
    private const int LargestFile = 8 << 20;

    private Dictionary<uint, string>? _users;
    private Dictionary<uint, string>? _groups;

    /// <summary>The time that ages are counted to, in this machine's time zone.</summary>
    internal DateTimeOffset Now { get; init; } = DateTimeOffset.UtcNow.ToLocalTime();

    /// <summary>The time since the boot.</summary>
    internal TimeSpan Uptime { get; init; } = TimeSpan.FromMilliseconds(Environment.TickCount64);

    /// <summary>The machine's memory.</summary>
    internal long MemoryBytes { get; init; } = Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 1);

    /// <summary>This machine's name of a user, as ps(1) on it would show; the number where there is none.</summary>
    internal string User(uint uid) => Name(_users ??= Read("/etc/passwd"), uid);

    /// <summary>The same of a group.</summary>
    internal string Group(uint gid) => Name(_groups ??= Read("/etc/group"), gid);

    private static string Name(Dictionary<uint, string> names, uint id) =>
        names.TryGetValue(id, out string? name) ? name : id.ToString(CultureInfo.InvariantCulture);

    /// <summary>name:password:id:... , a line each; the first one of an id counts.</summary>
    private static Dictionary<uint, string> Read(string path)
    {
        Dictionary<uint, string> names = [];
        byte[]? text;
        try
        {
            text = FileContent.TryReadAll(null, path, LargestFile);
        }
        catch (SyscallException)
        {
            return names;
        }

        foreach (string line in Encoding.UTF8.GetString(text ?? []).Split('\n'))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[0].Length > 0 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            {
                names.TryAdd(id, fields[0]);
            }
        }

        return names;
    }
}
