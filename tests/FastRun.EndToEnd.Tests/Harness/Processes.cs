using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Looks at the machine's processes.</summary>
internal static class Processes
{
    /// <summary>The processes whose words contain a mark that only the test's own have.</summary>
    internal static IReadOnlyList<int> With(string mark) =>
        [.. Directory.EnumerateDirectories("/proc", "*").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0]))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(pid => pid != Environment.ProcessId && CommandLine(pid).Contains(mark, StringComparison.Ordinal))];

    /// <summary>Waits for a condition, and says whether it came true.</summary>
    internal static bool Eventually(Func<bool> condition, double seconds = 60)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(seconds);
        while (!condition())
        {
            if (DateTime.UtcNow > end)
            {
                return false;
            }

            Thread.Sleep(10);
        }

        return true;
    }

    /// <summary>Asks a process to end, waits until it has, and disposes of it.</summary>
    internal static void End(Process process)
    {
        if (!process.HasExited)
        {
            _ = Command.Run("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
            if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                process.Kill();
                process.WaitForExit();
            }
        }

        process.Dispose();
    }

    /// <summary>The words of a process, each followed by a space; empty for one that has ended.</summary>
    internal static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
