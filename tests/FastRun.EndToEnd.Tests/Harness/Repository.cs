using System;
using System.IO;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Where the sources and the published binary are.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The binary under test: <c>FASTRUN_BINARY</c>, or the one that <c>./run</c> publishes.</summary>
    internal static string Binary { get; } = FindBinary();

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "FastRun.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("FastRun.sln is in no directory above the tests");
    }

    private static string FindBinary()
    {
        string path = Environment.GetEnvironmentVariable("FASTRUN_BINARY") ?? Path.Combine(Root, "artifacts", "fastrun");
        return File.Exists(path)
            ? Path.GetFullPath(path)
            : throw new InvalidOperationException($"{path}: no binary to test; ./test publishes it");
    }
}
