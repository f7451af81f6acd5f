using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>--report</c>, and what is told before a time limit ends a run: docs/run-report.md.</summary>
public sealed class RunReportTests(TestImages images) : ContainerTest(images)
{
    private string Report => Path.Combine(Roots.Top, "report.json");

    [Fact]
    public void Report_CommandEnds_TellsHowAndWhatItUsed()
    {
        _ = Shell("i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; exit 3", "--report", Report).Exits(3);
        JsonNode report = Read();
        Assert.Equal(1, (int)report["schemaVersion"]!);
        Assert.Equal(Images.Busybox, (string)report["image"]!);
        Assert.StartsWith("sha256:", (string)report["imageId"]!, StringComparison.Ordinal);
        Assert.Equal(3, (int)report["exitCode"]!);
        Assert.Null(report["signal"]);
        Assert.Null(report["error"]);
        Assert.False((bool)report["timedOut"]!);
        Assert.InRange((long)report["cpuMicroseconds"]!, 1, 60_000_000);
        Assert.InRange((long)report["userMicroseconds"]!, 0, 60_000_000);
        Assert.InRange((long)report["memoryPeakBytes"]!, 4096, 1L << 32);
        Assert.Equal(0, (long)report["oomKills"]!);
        Assert.Equal(
            ["resolve", "snapshot", "plan", "clone", "prepare", "exec", "run", "clean-up"],
            report["phases"]!.AsArray().Select(static phase => (string)phase!["name"]!));
        double sum = report["phases"]!.AsArray().Sum(static phase => (double)phase!["milliseconds"]!);
        Assert.Equal(sum, (double)report["wallMilliseconds"]!, 0.1);
        Assert.Empty(report["waiting"]!.AsArray());
        Assert.Empty(Roots.Leftovers());
    }

    [Fact]
    public void Report_KilledBySignal_NamesIt()
    {
        _ = Exec(["--init", "--report", Report], "sh", "-c", "kill -SEGV $$").Exits(139);
        Assert.Equal(139, (int)Read()["exitCode"]!);
    }

    [Fact]
    public void Report_OutOfMemory_CountsTheKills()
    {
        _ = Probe(["--memory", "64m", "--memory-swap", "64m", "--report", Report], "allocate", "134217728").Exits(137);
        JsonNode report = Read();
        Assert.Equal(9, (int)report["signal"]!);
        Assert.InRange((long)report["oomKills"]!, 1, 100);
        Assert.InRange((long)report["memoryPeakBytes"]!, 32 << 20, 64 << 20);
    }

    [Fact]
    public void Report_NoRun_TellsWhy()
    {
        string old = Roots.NewFile("report.json", "old");
        _ = Exec(["--report", old], "missing").Exits(127);
        JsonNode report = Read();
        Assert.Equal(127, (int)report["exitCode"]!);
        Assert.Contains("missing", (string)report["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfRun_IsWrittenToo()
    {
        _ = FastRun("run", "--rm", "--report", Report, Images.Busybox, "true").Run().Exits(0);
        Assert.Equal(0, (int)Read()["exitCode"]!);
    }

    [Fact]
    public void Report_OfAContainerWithASupervisor_IsThereWhenTheCommandReturns()
    {
        _ = Run(["--report", Report, "--memory", "16m"], "sh", "-c", "exec tail /dev/zero").Exits(137);
        JsonNode report = Read();
        Assert.Equal((137, 9), ((int)report["exitCode"]!, (int)report["signal"]!));
        Assert.InRange((long)report["memoryPeakBytes"]!, 4096, 1L << 32);
        Assert.Equal(
            ["resolve", "snapshot", "plan", "clone", "prepare", "exec", "run", "clean-up"],
            report["phases"]!.AsArray().Select(static phase => (string)phase!["name"]!));
    }

    [Fact]
    public void Report_OfADetachedContainer_IsWrittenWhenItEnds()
    {
        string id = (FastRun("run", "-d", "--report", "report.json", Images.Busybox, "sh", "-c", "read line; exit 5") with { WorkingDirectory = Roots.Top }).Run().Output;
        Assert.Equal("5", FastRun("wait", id).Run().Output);
        Assert.True(Processes.Eventually(() => File.Exists(Report)));
        Assert.Equal(5, (int)Read()["exitCode"]!);
        Assert.StartsWith("sha256:", (string)Read()["imageId"]!, StringComparison.Ordinal);

        File.Delete(Report);
        FastRun("start", id).Run().Exits(0);
        Assert.True(Processes.Eventually(() => File.Exists(Report)));
    }

    [Fact]
    public void Report_OfAContainerThatIsNotMadeOrNotStarted_TellsWhy()
    {
        _ = Run(["-d", "--report", Report, "--memory", "1"], "true").Exits(125);
        Assert.Equal(125, (int)Read()["exitCode"]!);
        Assert.Contains("memory", (string)Read()["error"]!, StringComparison.Ordinal);

        _ = Run(["-d", "--report", Report], "/missing").Exits(127);
        Assert.True(Processes.Eventually(() => (int)Read()["exitCode"]! == 127));
        Assert.Contains("/missing", (string)Read()["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_HasTheDigestByWhichTheRegistryKnowsTheImage()
    {
        using FaultyRegistry registry = new();
        OciLayout layout = new(Roots.NewDirectory("layout"));
        JsonObject manifest = layout.AddImage("latest", [BusyboxRoot.Tar().ToArray()]);
        registry.Add(layout);
        string name = registry.Authority + "/app";

        _ = FastRun("exec", "--no-workspace", "--report", Report, name, "--", "true").Run().Exits(0);

        Assert.Equal((string)manifest["digest"]!, (string)Read()["manifestDigest"]!);
        string imageId = (string)Read()["imageId"]!;
        _ = FastRun("exec", "--no-workspace", "--report", Report, imageId, "--", "true").Run().Exits(0);
        Assert.Equal((string)manifest["digest"]!, (string)Read()["manifestDigest"]!);
    }

    [Theory]
    [InlineData("/dev/null", "no regular file")]
    [InlineData("/no/such/directory/report", "its directory does not exist")]
    public void Report_ImpossibleFile_IsRefusedBeforeTheRun(string file, string why)
    {
        CommandResult result = Exec(["--report", file], "echo", "ran");
        _ = result.FailsWith(125, why);
        Assert.Equal("", result.Stdout);
    }

    [Fact]
    public void Timeout_TellsWhatEachProcessWaitedFor()
    {
        // The second word of sh -c is a name, and this one would colour the terminal.
        CommandResult result = Shell(
            "sh -c 'sleep 301 & wait' '\u001b[31mred' & wait", "--timeout", "8s", "--report", Report).Exits(124);
        Assert.Contains("sleep 301", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("\\u001b[31mred", result.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Stderr);

        JsonNode report = Read();
        Assert.True((bool)report["timedOut"]!);
        Assert.Equal(124, (int)report["exitCode"]!);
        JsonNode sleep = report["waiting"]!.AsArray().Single(
            static process => process!["commandLine"]!.AsArray() is [var first, var second] && (string)first! == "sleep" && (string)second! == "301")!;
        Assert.Equal("S", (string)sleep["state"]!);
        Assert.Equal("sleep", (string)sleep["name"]!);
        Assert.NotEqual("", (string)sleep["syscall"]!);
        Assert.Equal(3, report["waiting"]!.AsArray().Count);
    }

    private JsonNode Read() => JsonNode.Parse(File.ReadAllText(Report))!;
}
