using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>A sandbox never outlives its caller, and what a killed caller leaves is reclaimed.</summary>
public sealed class LifetimeTests(TestImages images) : SandboxTest(images)
{
    private readonly string _mark = "mark-" + Guid.NewGuid().ToString("N");

    [Fact]
    public void Kill9_OfFastrun_EndsTheSandbox()
    {
        using Process process = ExecCommand([], "sh", "-c", $"echo ready; sleep 1000; : {_mark}").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());

        process.Kill();

        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0));
        Reclaimed();
    }

    [Fact]
    public void Kill9_OfFastrun_EndsAlsoAnInitThatClearedItsDeathSignal()
    {
        string directory = Roots.NewDirectory("beat");
        string beat = Path.Combine(directory, "count");
        using Process process = FastRun(
            "exec", "--no-workspace", "-v", directory + ":/beat", Images.Probe, "--", "/probe", "immortal", "/beat/count", _mark).Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Assert.True(Processes.Eventually(() => File.Exists(beat)));

        process.Kill();

        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0), "it still runs");
        Reclaimed();
    }

    [Fact]
    public void Term_ToFastrun_EndsAnInitWithoutHandlerAtOnce()
    {
        // The kernel drops a signal that a namespace's init has no handler for: waiting would be in vain.
        using Process process = ExecCommand([], "sh", "-c", $"echo ready; sleep 1000; : {_mark}").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        _ = Command.Output("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Contains(process.ExitCode, (int[])[137, 143]);
        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0));
    }

    [Fact]
    public void BackgroundProcesses_EndWithTheCommand()
    {
        CommandResult result = Shell($"(sh -c 'sleep 1000; : {_mark}' &) ; (setsid sh -c 'sleep 1000; : {_mark}' &); exit 6").Exits(6);
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(5), result.ToString());
        Assert.Empty(Processes.With(_mark));
    }

    [Fact]
    public void Killed_FromOutside_Is137()
    {
        using Process process = ExecCommand([], "sh", "-c", $"echo ready; while :; do sleep 1; done; : {_mark}").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        foreach (int pid in Processes.With(_mark).Where(pid => pid != process.Id))
        {
            Command.Run("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
        }

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(137, process.ExitCode);
    }

    [Fact]
    public void Kill9_ManyTimesAtRandomPoints_NextCommandWorksAndGcReclaims()
    {
        _ = Exec([], "true").Exits(0);
        Random random = new(20240601);
        for (int round = 0; round < 25; round++)
        {
            using Process process = ExecCommand(["--memory", "64m"], "sleep", "1000").Start();
            _ = process.WaitForExit(random.Next(0, 25));
            process.Kill();
            process.WaitForExit();
        }

        Assert.Equal("still works", Exec([], "echo", "still works").Output);
        Reclaimed();
    }

    [Fact]
    public void Gc_WhileASandboxRuns_LeavesItAlone()
    {
        using Process process = ExecCommand(["-i"], "sh", "-c", "echo ready; read line; cat /etc/passwd | head -1").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        _ = FastRun("gc").Run().Exits(0);
        process.StandardInput.WriteLine();
        Assert.StartsWith("root:", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Rmi_WhileASandboxRuns_IsRefused()
    {
        using Process process = FastRun("exec", "--no-workspace", "-i", Images.DockerArchive, "--", "sh", "-c", "echo ready; read line").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        _ = FastRun("rmi", "example.test/busybox:1.0").Run().FailsWith(1, "in use");
        process.StandardInput.WriteLine();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)));
        _ = FastRun("rmi", "example.test/busybox:1.0").Run().Exits(0);
    }

    private void Reclaimed()
    {
        _ = FastRun("gc").Run().Exits(0);
        Assert.True(Processes.Eventually(() => Roots.Leftovers().Count == 0), string.Join('\n', Roots.Leftovers()));
    }
}
