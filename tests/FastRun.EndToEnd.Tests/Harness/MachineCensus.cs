using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>All that sandboxes could leave on the machine and in their state roots, by name.</summary>
internal sealed class MachineCensus
{
    private readonly StateRoots _roots;
    private readonly HashSet<string> _before;

    internal MachineCensus(StateRoots roots)
    {
        _roots = roots;
        _before = [.. Take()];
    }

    /// <summary>What is there now, was not before, and stays: what comes and goes meanwhile belongs to others on the machine.</summary>
    internal IReadOnlyList<string> New()
    {
        HashSet<string> fresh = [.. Take().Where(item => !_before.Contains(item))];
        _ = Processes.Eventually(
            () =>
            {
                fresh.IntersectWith(Take());
                return fresh.Count == 0;
            },
            seconds: 3);
        return [.. fresh];
    }

    private IEnumerable<string> Take()
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 };

        // Mounts below temporary directories other than the test's are other programs'.
        IEnumerable<string> mounts = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])
            .Where(target => target.StartsWith(_roots.Top, StringComparison.Ordinal) || !target.StartsWith(Path.GetTempPath(), StringComparison.Ordinal))
            .Select(target => "mount " + target);
        IEnumerable<string> state = Directory.EnumerateFileSystemEntries(_roots.Data, "*", all).Where(path => !path.Contains("/fs/", StringComparison.Ordinal))
            .Concat(Directory.Exists(_roots.Run) ? Directory.EnumerateFileSystemEntries(_roots.Run, "*", all) : []);

        // An empty cgroup that stays is a leaked one; one with processes belongs to a sandbox of somebody else that runs.
        IEnumerable<string> cgroups = Directory.EnumerateDirectories("/sys/fs/cgroup", "*", all)
            .Where(path => path.Contains("/fastrun/", StringComparison.Ordinal) && IsSandbox(Path.GetFileName(path)) && IsEmpty(path))
            .Select(path => "cgroup " + path);
        IEnumerable<string> processes = Processes.With(_roots.Top).Select(pid => "process " + pid);
        return mounts.Concat(state).Concat(cgroups).Concat(processes);
    }

    private static bool IsSandbox(string name) => name.Length == 64 && name.All(char.IsAsciiHexDigitLower);

    private static bool IsEmpty(string cgroup)
    {
        try
        {
            return Directory.GetDirectories(cgroup).Length == 0 && File.ReadAllText(Path.Combine(cgroup, "cgroup.procs")).Length == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
