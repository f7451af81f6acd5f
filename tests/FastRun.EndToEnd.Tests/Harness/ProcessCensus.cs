using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>What a process holds.</summary>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="Threads">Threads.</param>
/// <param name="AnonymousKilobytes">Memory of its own that is resident, in KiB.</param>
internal readonly record struct ProcessCensus(int Descriptors, int Threads, int AnonymousKilobytes)
{
    internal static ProcessCensus Of(int pid)
    {
        string[] status = File.ReadAllLines($"/proc/{pid}/status");
        return new ProcessCensus(
            Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length, Number(status, "Threads:"), Number(status, "RssAnon:"));
    }

    /// <summary>Descriptors and threads come back to what they were; memory to no more than its allocator's slack.</summary>
    /// <param name="before">What it held.</param>
    /// <param name="pid">The process.</param>
    /// <param name="slack">How many descriptors and threads it may hold more.</param>
    /// <param name="memorySlack">How many KiB of its own it may hold more.</param>
    internal static void ReturnsTo(ProcessCensus before, int pid, int slack, int memorySlack = 24 << 10)
    {
        ProcessCensus now = default;
        Assert.True(
            Processes.Eventually(
                () =>
                {
                    now = Of(pid);
                    return now.Descriptors <= before.Descriptors + slack && now.Threads <= before.Threads + slack
                        && now.AnonymousKilobytes <= before.AnonymousKilobytes + memorySlack;
                },
                seconds: 120),
            $"before: {before}, now: {now}");
    }

    private static int Number(string[] status, string name) => int.Parse(
        Array.Find(status, line => line.StartsWith(name, StringComparison.Ordinal))![name.Length..].Trim().Split(' ').First(), CultureInfo.InvariantCulture);
}
