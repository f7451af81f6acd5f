using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>What fastrun says about a run and about itself.</summary>
public sealed partial class ObservabilityTests(TestImages images) : SandboxTest(images)
{
    /// <summary>
    /// System calls of a warm run from fastrun's start to the command's execve, both processes. When a change makes it
    /// fewer, lower this; more need a reason.
    /// </summary>
    private const int MostSyscalls = 500;

    [Fact]
    public void Timings_Flag_PrintsEveryPhaseToStderr()
    {
        CommandResult result = Exec(["--timings"], "echo", "out").Exits(0);
        Assert.Equal("out\n", result.Stdout);
        Assert.All(
            (string[])["resolve", "snapshot", "plan", "clone", "exec", "run", "clean-up"],
            phase => Assert.Contains(phase, result.Stderr, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Explain_Flag_PrintsTheTapeAndRunsNothing()
    {
        string directory = Roots.NewDirectory("out");
        string[] lines = Exec(["--explain", "-v", directory + ":/mnt"], "touch", "/mnt/ran").Lines;
        Assert.Contains(lines, line => line.Contains("execve(\"/bin/touch\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("pivot_root(", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("seccomp(", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(directory, "ran")));
    }

    [Fact]
    public void Version_AndInfo_AndHelp_Succeed()
    {
        Assert.Contains("fastrun", FastRun("version").Run().Output, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual("", FastRun("info").Run().Output);
        Assert.Contains("exec", FastRun("--help").Run().Output, StringComparison.Ordinal);
        Assert.Contains("--memory", FastRun("exec", "--help").Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_HasDockersMembers()
    {
        string release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string[] parts = FastRun(
            "version", "--format", "{{.Client.APIVersion}} {{.Server.APIVersion}} {{.Server.MinAPIVersion}} {{.Server.Os}}/{{.Server.Arch}} {{.Server.KernelVersion}} {{.Server.Platform.Name}}").Run().Output.Split(' ');
        Assert.Equal(["1.52", "1.52", "1.24", "linux/" + OciLayout.HostArchitecture, release, "FastRun"], parts);

        JsonNode json = JsonNode.Parse(FastRun("version", "-f", "json").Run().Output)!;
        Assert.Equal("1.52", (string)json["Client"]!["ApiVersion"]!);
        Assert.Equal("1.52", (string)json["Server"]!["ApiVersion"]!);
        Assert.Equal((string)json["Client"]!["GitCommit"]!, (string)json["Server"]!["Components"]![0]!["Details"]!["GitCommit"]!);
        Assert.Matches("^([0-9a-f]{7})?$", (string)json["Client"]!["GitCommit"]!);

        string text = FastRun("version").Run().Output;
        Assert.Contains($"\n Version:           {(string)json["Client"]!["Version"]!}\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  API version:      1.52 (minimum version 1.24)\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_IsStaticAndSmall()
    {
        Assert.DoesNotContain("INTERP", Command.Output("readelf", "-lW", Repository.Binary), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(Repository.Binary).Length, 0, 25_000_000);
    }

    [Fact]
    public void WarmExec_Syscalls_AreNoMoreThanRecorded()
    {
        _ = FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "true").Run().Exits(0);
        Command warm = FastRun("exec", "--network", "none", "--no-workspace", "example.test/busybox:1.0", "--", "true");
        _ = warm.Run().Exits(0);
        string trace = Path.Combine(Roots.Top, "trace");
        _ = Command.Output("strace", ["-f", "-qq", "-e", "signal=none", "-o", trace, warm.File, .. warm.Arguments]);
        string[] calls =
        [
            .. File.ReadLines(trace).TakeWhile(line => !line.Contains("execve(\"/bin/true\"", StringComparison.Ordinal))
                .Where(line => StartsCall().IsMatch(line)),
        ];
        Assert.True(
            calls.Length <= MostSyscalls,
            $"{calls.Length} system calls, {MostSyscalls} recorded:\n{string.Join('\n', calls)}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{calls.Length} system calls up to the command's execve");
    }

    [Fact]
    public void WarmExec_Waiting_HasLittlePrivateMemory()
    {
        _ = FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "true").Run().Exits(0);
        using System.Diagnostics.Process process =
            FastRun("exec", "--no-workspace", "-i", "example.test/busybox:1.0", "--", "sh", "-c", "echo ready; read line").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());

        // What counts is the waiting; the start needed more of the binary's pages.
        Thread.Sleep(500);
        long kibibytes = File.ReadLines($"/proc/{process.Id}/smaps_rollup").Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture));
        process.StandardInput.WriteLine();
        process.WaitForExit();
        Assert.InRange(kibibytes, 1, 6 * 1024);
    }

    // "123 openat(...", but not "123 <... openat resumed>" and not "123 +++ exited".
    [GeneratedRegex(@"^\d+ +[a-z_0-9]+\(")]
    private static partial Regex StartsCall();
}
