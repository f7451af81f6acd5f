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
    private const int MostMembers = 4096;
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
        Thread reader = new(() => Collect(cgroup, found, gate)) { IsBackground = true };
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

    /// <summary>
    /// The directory of each process is opened once: when the process has ended, nothing can be read through it any more, whoever has
    /// its number then. And whoever has it must be in the cgroup still once the directory is open.
    /// </summary>
    private static void Collect(Cgroup cgroup, List<ProcessWait> found, Lock gate)
    {
        List<(int Pid, Fd Directory)> processes = [];
        try
        {
            foreach (int pid in cgroup.Processes(MostProcesses))
            {
                if (TryOpen(pid) is { } directory)
                {
                    processes.Add((pid, directory));
                }
            }

            HashSet<int> members = [.. cgroup.Processes(MostMembers)];
            List<Fd> told = [];

            // What cannot block comes first for all of them.
            foreach ((int pid, Fd directory) in processes)
            {
                if (members.Contains(pid) && Read(directory, pid) is { } wait)
                {
                    told.Add(directory);
                    lock (gate)
                    {
                        found.Add(wait);
                    }
                }
            }

            for (int i = 0; i < told.Count; i++)
            {
                IReadOnlyList<string> words = ParseCommandLine(Text(told[i], "cmdline"));
                lock (gate)
                {
                    found[i] = found[i] with { CommandLine = words };
                }
            }
        }
        finally
        {
            processes.ForEach(static process => process.Directory.Dispose());
        }
    }

    /// <summary>What can be read of a process without waiting for it; null where it has ended.</summary>
    /// <param name="process">Its directory.</param>
    /// <param name="pid">Its number.</param>
    internal static ProcessWait? Read(Fd process, int pid)
    {
        string stat = Text(process, "stat");
        if (stat.Length == 0)
        {
            return null;
        }

        (string name, string state) = ParseStat(stat);
        string channel = Text(process, "wchan").Trim();
        return new ProcessWait(
            pid, name, state, channel == "0" ? "" : channel, Text(process, "syscall").Trim(), ParseStack(Text(process, "stack")), []);
    }

    /// <summary>The directory of a process; null where it has ended.</summary>
    internal static Fd? TryOpen(int pid) => FileAt.TryOpen(
        null, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}"), OpenFlags.Read | OpenFlags.Directory, 0, ResolveFlags.None, out _);

    /// <summary>The beginning of a process's file; empty where it cannot be read, for instance because it has ended.</summary>
    private static string Text(Fd process, string file)
    {
        try
        {
            byte[] buffer = new byte[LongestText];
            using Fd open = FileAt.Open(process, file, OpenFlags.Read);
            return Encoding.UTF8.GetString(buffer, 0, FileContent.Read(open, buffer));
        }
        catch (SyscallException)
        {
            return "";
        }
    }
}
