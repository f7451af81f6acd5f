using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;

namespace FastRun.Fuzz;

/// <summary>
/// Feeds the corpus and then new inputs to all targets in turn until the time is over. An input is determined by the seed,
/// the target and its number, whatever the machine's speed.
/// </summary>
internal sealed class FuzzRun(IReadOnlyList<FuzzTarget> targets, int seed, TimeSpan duration)
{
    // Of the processor's time, so that a machine with more to do makes no difference.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private const long MaxResidentBytes = 1L << 30;
    private const long MaxAllocatedBytes = 512L << 20;

    private readonly List<string> _failures = [];

    /// <summary>Runs; false where an input did what none may do.</summary>
    internal bool Execute()
    {
        Console.WriteLine($"fuzz: seed {seed}, {duration.TotalSeconds} s");
        Stopwatch clock = Stopwatch.StartNew();
        foreach (FuzzTarget target in targets)
        {
            string corpus = Path.Combine(AppContext.BaseDirectory, "Corpus", target.Name);
            foreach (string file in Directory.Exists(corpus) ? Directory.GetFiles(corpus) : [])
            {
                _ = Feed(target, File.ReadAllBytes(file), Path.GetFileName(file));
            }
        }

        int[] counts = new int[targets.Count];
        int[] accepted = new int[targets.Count];
        while (clock.Elapsed < duration && _failures.Count < 20)
        {
            for (int i = 0; i < targets.Count; i++)
            {
                // Slow targets touch the disk; the others get as much time, and so many more inputs.
                Stopwatch turn = Stopwatch.StartNew();
                do
                {
                    int number = counts[i]++;
                    byte[] input = targets[i].Generate(new Random(HashCode(seed, targets[i].Name, number)));
                    accepted[i] += Feed(targets[i], input, $"number {number}") ? 1 : 0;
                }
                while (turn.ElapsedMilliseconds < 100 && _failures.Count < 20);
            }
        }

        for (int i = 0; i < targets.Count; i++)
        {
            Console.WriteLine($"fuzz: {targets[i].Name}: {counts[i]} inputs, {accepted[i]} accepted ({100.0 * accepted[i] / Math.Max(counts[i], 1):F0} %)");
        }

        long peak = Process.GetCurrentProcess().PeakWorkingSet64;
        if (peak > MaxResidentBytes)
        {
            _failures.Add($"the process needed {peak >> 20} MiB");
        }

        Console.WriteLine($"fuzz: peak {peak >> 20} MiB, {_failures.Count} failures");
        return _failures.Count == 0;
    }

    private bool Feed(FuzzTarget target, byte[] input, string what)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        bool accepted = false;
        try
        {
            accepted = target.Run(input);
            TimeSpan used = Environment.CpuUsage.TotalTime - start;
            if (used > s_patience)
            {
                throw new FuzzFailureException($"it took {used.TotalSeconds:F0} s");
            }

            if (GC.GetTotalAllocatedBytes() - allocated > MaxAllocatedBytes)
            {
                throw new FuzzFailureException("it allocated more than 512 MiB");
            }
        }
#pragma warning disable CA1031 // Any exception that the target does not document is what is looked for.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            string file = Save(target, input);
            _failures.Add(file);
            Console.WriteLine($"FAILED: {target.Name}, {what}, seed {seed}: {fault}");
            Console.WriteLine($"  input: {file}");
        }

        return accepted;
    }

    private static string Save(FuzzTarget target, byte[] input)
    {
        string directory = Path.Combine(Environment.GetEnvironmentVariable("FASTRUN_FUZZ_OUTPUT") ?? Path.GetTempPath(), target.Name);
        Directory.CreateDirectory(directory);
        string file = Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(file, input);
        return file;
    }

    /// <summary>The same in every process, unlike <see cref="System.HashCode"/>.</summary>
    private static int HashCode(int seed, string name, int number) =>
        BitConverter.ToInt32(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{seed}/{name}/{number}")));
}
