using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Reports;

/// <summary>Looks at what the processes of a container wait for.</summary>
internal static class ProcessWaits
{
    private const int MostProcesses = 64;
    private const int LongestText = 4096;
    private const int PatienceMilliseconds = 1000;

    /// <summary>
    /// The processes of a cgroup. A command line lies in the process's own memory, and reading that may wait for as long as a file
    /// system that the process chose (FUSE) likes: so a thread of its own reads, and what it has not read in a second is left out.
    /// </summary>
    internal static IReadOnlyList<ProcessWait> Read(Cgroup cgroup)
    {
        Lock gate = new();
        List<ProcessWait> found = [];
        Thread reader = new(() => Collect(cgroup.Processes(MostProcesses), found, gate)) { IsBackground = true };
        reader.Start();
        reader.Join(PatienceMilliseconds);
        lock (gate)
        {
            return [.. found];
        }
    }

    /// <summary>Parses <c>/proc/PID/stat</c>: the name may hold anything, also parentheses.</summary>
    internal static (string Name, string State) ParseStat(string stat)
    {
        int open = stat.IndexOf('(', StringComparison.Ordinal);
        int close = stat.LastIndexOf(')');
        return open < 0 || close < open
            ? ("", "")
            : (stat[(open + 1)..close], close + 2 < stat.Length ? stat.Substring(close + 2, 1) : "");
    }

    /// <summary>Divides a command line, whose last argument may be cut.</summary>
    internal static IReadOnlyList<string> ParseCommandLine(string text) =>
        text.Length == 0 ? [] : text.TrimEnd('\0').Split('\0');

    /// <summary>The functions of <c>/proc/PID/stack</c>: <c>[&lt;0&gt;] do_wait+0x62/0xf0</c>.</summary>
    internal static IReadOnlyList<string> ParseStack(string text)
    {
        List<string> functions = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            functions.Add(line[(space + 1)..]);
        }

        return functions;
    }

    private static void Collect(IReadOnlyList<int> pids, List<ProcessWait> found, Lock gate)
    {
        // What cannot block comes first for all of them.
        foreach (int pid in pids)
        {
            if (Text(pid, "stat") is { Length: > 0 } stat)
            {
                (string name, string state) = ParseStat(stat);
                string channel = Text(pid, "wchan").Trim();
                ProcessWait wait = new(
                    pid, name, state, channel == "0" ? "" : channel, Text(pid, "syscall").Trim(), ParseStack(Text(pid, "stack")), []);
                lock (gate)
                {
                    found.Add(wait);
                }
            }
        }

        for (int i = 0; i < found.Count; i++)
        {
            IReadOnlyList<string> words = ParseCommandLine(Text(found[i].Pid, "cmdline"));
            lock (gate)
            {
                found[i] = found[i] with { CommandLine = words };
            }
        }
    }

    /// <summary>The beginning of a process's file; empty where it cannot be read, for instance because it has ended.</summary>
    private static string Text(int pid, string file)
    {
        try
        {
            byte[] buffer = new byte[LongestText];
            using Fd open = FileAt.Open(null, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"), OpenFlags.Read);
            return Encoding.UTF8.GetString(buffer, 0, FileContent.Read(open, buffer));
        }
        catch (SyscallException)
        {
            return "";
        }
    }
}
