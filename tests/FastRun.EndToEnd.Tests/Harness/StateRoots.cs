using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A data root and a run root of a test's own, so that tests running side by side share nothing.</summary>
internal sealed class StateRoots : IDisposable
{
    internal StateRoots()
    {
        Top = Directory.CreateTempSubdirectory("fastrun-e2e-").FullName;
        Data = Path.Combine(Top, "data");
        Run = Path.Combine(Top, "run");
    }

    /// <summary>The directory that holds everything of this test.</summary>
    internal string Top { get; }

    internal string Data { get; }

    internal string Run { get; }

    /// <summary>The words that make fastrun use these roots.</summary>
    internal IReadOnlyList<string> Options => ["--data-root", Data, "--run-root", Run];

    /// <summary>Makes a directory for the test's own files.</summary>
    internal string NewDirectory(string name) => Directory.CreateDirectory(Path.Combine(Top, name)).FullName;

    /// <summary>Makes a file for the test.</summary>
    internal string NewFile(string name, string content)
    {
        string path = Path.Combine(Top, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>What a sandbox that has ended must not have left: mounts, and directories of its own.</summary>
    internal IReadOnlyList<string> Leftovers() =>
        [.. MountsBelow(Top), .. Entries(Data, "containers"), .. Entries(Data, "names"), .. Entries(Data, "staging"), .. Entries(Data, "trash"), .. Entries(Run, "containers")];

    /// <summary>Waits until what was pulled is on the disk: a pull leaves that to a process of its own.</summary>
    internal void AwaitSync() => Assert.True(Processes.Eventually(
        () => !Processes.With(Top).Any(static pid => Processes.CommandLine(pid).Contains(" sync-image ", StringComparison.Ordinal)), 300));

    /// <inheritdoc/>
    public void Dispose()
    {
        AwaitSync();
        foreach (string mount in MountsBelow(Top).Reverse())
        {
            Command.Run("umount", "--lazy", mount);
        }

        // rm also removes what an odd mode or a name that is no UTF-8 protects from the class library.
        Command.Run("rm", "-rf", "--one-file-system", Top);
    }

    private static IEnumerable<string> MountsBelow(string top) =>
        from line in File.ReadLines("/proc/self/mountinfo")
        let target = line.Split(' ')[4]
        where target.StartsWith(top + "/", StringComparison.Ordinal)
        select target;

    private static IEnumerable<string> Entries(string root, string name)
    {
        string directory = Path.Combine(root, name);
        return Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory) : [];
    }
}
