using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>create, run, start, stop, kill, wait, rm and ps; exit codes and words as Docker has them.</summary>
public sealed class LifecycleTests(TestImages images) : ContainerTest(images)
{
    private readonly string _mark = "mark-" + Guid.NewGuid().ToString("N");

    [Fact]
    public void Run_InTheForeground_PassesOutputAndExitCodeOn()
    {
        CommandResult result = Run(["--name", "one"], "sh", "-c", "echo out; echo err >&2; exit 3").Exits(3);

        Assert.Equal("out\n", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
        Assert.Equal("exited", StateOf("one"));
    }

    [Fact]
    public void Run_Interactive_ReadsUntilTheCallersInputEnds()
    {
        CommandResult result = (RunCommand(["-i"], "wc", "-c") with { Stdin = new string('x', 300_000) }).Run();

        Assert.Equal("300000", result.Output.Trim());
    }

    [Fact]
    public void Run_AttachedToOneStream_PassesThatOneOn()
    {
        CommandResult result = Run(["--name", "one", "-a", "stderr"], "sh", "-c", "echo out; echo err >&2; exit 3").Exits(3);

        Assert.Equal("", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
        Assert.Equal("out\n", FastRun("logs", "one").Run().Stdout);
    }

    [Fact]
    public void Run_AttachedToStdinOnly_PrintsTheIdAndLeavesWithTheInput()
    {
        CommandResult result = (RunCommand(["--name", "one", "-i", "-a", "stdin"], "sh", "-c", "cat; exec sleep 1000") with { Stdin = "typed\n" }).Run();

        Assert.Matches("^[0-9a-f]{64}$", result.Output);
        Assert.True(Processes.Eventually(() => FastRun("logs", "one").Run().Output == "typed"));
        Assert.Equal("running", StateOf("one"));
    }

    [Theory]
    [InlineData("valid streams are STDIN, STDOUT and STDERR", "-a", "output")]
    [InlineData("conflicting options: cannot specify both --attach and --detach", "-a", "stdin", "-d")]
    [InlineData("'nvidia' is not supported, only runc, io.containerd.runc.v2, fastrun", "--runtime", "nvidia")]
    [InlineData("'nfs' is not supported, only local", "--volume-driver", "nfs")]
    [InlineData("'hyperv' is not supported, only default", "--isolation", "hyperv")]
    [InlineData("'false' is not supported", "--disable-content-trust=false")]
    public void Run_WhatCannotBeChosen_IsRefused(string message, params string[] flags)
    {
        _ = Run(flags, "true").FailsWith(125, message);
        Assert.Equal("", FastRun("ps", "-aq").Run().Output);
    }

    [Fact]
    public void Run_DockersWordsForWhatThereIs_AreTaken() =>
        Run(["--runtime", "runc", "--volume-driver", "local", "--isolation", "default", "--disable-content-trust"], "true").Exits(0);

    [Fact]
    public void Run_MuchOutput_ArrivesWholeAndInOrder()
    {
        CommandResult result = Run([], "seq", "1", "200000").Exits(0);

        Assert.Equal(string.Concat(Enumerable.Range(1, 200_000).Select(number => number + "\n")), result.Stdout);
    }

    [Fact]
    public void Run_Detached_PrintsTheIdAndGoesOn()
    {
        string id = Detached(["--name", "back"], "sleep", "1000");

        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.Equal([id], FastRun("ps", "-q", "--no-trunc").Run().Lines);
        Assert.Equal("running", StateOf("back"));
    }

    [Fact]
    public void Run_Remove_LeavesNothing()
    {
        Run(["--rm"], "true").Exits(0);
        string id = Detached(["--rm"], "sh", "-c", "exit 5");
        FastRun("wait", id).Run();

        Assert.True(Processes.Eventually(() => FastRun("ps", "-aq").Run().Output.Length == 0));
    }

    [Fact]
    public void Run_RemoveInTheForeground_IsSeenByOthersWhileItRuns()
    {
        using Process process = RunCommand(["--rm", "--name", "shown"], "sh", "-c", "echo ready; sleep 1000").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Assert.True(Processes.Eventually(() => StateOf("shown") == "running"));

        FastRun("stop", "shown").Run().Exits(0);

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal("none", StateOf("shown"));
    }

    [Fact]
    public void Run_CommandNotFound_Gives127AndKeepsTheContainer()
    {
        CommandResult result = Run(["--name", "bad"], "no-such-command").Exits(127);

        Assert.Contains("executable file not found in $PATH", result.Stderr, StringComparison.Ordinal);
        Assert.Equal("created", StateOf("bad"));
    }

    [Fact]
    public void Create_ThenStart_RunsItAgainAndAgainOnTheSameFiles()
    {
        FastRun("create", "--name", "again", Images.Busybox, "sh", "-c", "echo x >> /tmp/log; wc -l < /tmp/log").Run().Exits(0);
        Assert.Equal("created", StateOf("again"));

        Assert.Equal(["1", "2", "3"], Enumerable.Range(0, 3).Select(_ => FastRun("start", "-a", "again").Run().Output.Trim()));
    }

    [Fact]
    public void Start_OfARunningContainer_IsNoError()
    {
        Detached(["--name", "up"], "sleep", "1000");

        Assert.Equal("up", FastRun("start", "up").Run().Output);
    }

    [Fact]
    public void Stop_WithAHandler_WaitsForIt()
    {
        using Process process = RunCommand(["--name", "polite"], "sh", "-c", "trap 'echo bye; exit 9' TERM; echo ready; while :; do sleep 0.05; done").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());

        FastRun("stop", "polite").Run().Exits(0);

        Assert.Equal("bye", process.StandardOutput.ReadLine());
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(9, process.ExitCode);
    }

    [Fact]
    public void Stop_WithoutAHandler_DoesNotWait()
    {
        Detached(["--name", "rude", "--stop-timeout", "600"], "sleep", "1000");

        FastRun("stop", "rude").Run().Exits(0);

        Assert.Equal("137", FastRun("wait", "rude").Run().Output);
    }

    [Fact]
    public void Stop_HandlerThatDoesNotEnd_IsKilledAfterItsTime()
    {
        using Process process = RunCommand(["--name", "deaf"], "sh", "-c", "trap '' TERM; trap : INT; echo ready; while :; do sleep 0.05; done").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());

        FastRun("stop", "-s", "INT", "-t", "1", "deaf").Run().Exits(0);

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(137, process.ExitCode);
    }

    [Fact]
    public void Kill_SendsTheSignal()
    {
        using Process process = RunCommand(["--name", "sig"], "sh", "-c", "trap 'exit 42' USR1; echo ready; while :; do sleep 0.05; done").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());

        Assert.Equal("sig", FastRun("kill", "-s", "USR1", "sig").Run().Output);

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(42, process.ExitCode);
        CommandResult second = FastRun("kill", "sig").Run().Exits(1);
        Assert.Contains("is not running", second.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_Running_NeedsForce()
    {
        Detached(["--name", "busy"], "sleep", "1000");

        CommandResult refused = FastRun("rm", "busy").Run().Exits(1);
        Assert.Contains("container is running: stop the container before removing or force remove", refused.Stderr, StringComparison.Ordinal);

        Assert.Equal("busy", FastRun("rm", "-f", "busy").Run().Output);
        Assert.Equal("none", StateOf("busy"));
    }

    [Fact]
    public void Name_InUse_IsAConflict()
    {
        string id = Detached(["--name", "taken"], "sleep", "1000");

        CommandResult refused = Run(["--name", "taken"], "true").Exits(125);

        Assert.Contains($"The container name \"/taken\" is already in use by container \"{id}\"", refused.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_OfAnotherContainersId_DoesNotShadowIt()
    {
        string id = Detached([], "sleep", "1000");
        Detached(["--name", id], "sleep", "1000");

        FastRun("stop", id).Run().Exits(0);

        Assert.Equal("exited", FastRun("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}}").Run().Lines.Single(line => line.StartsWith(id, StringComparison.Ordinal))[65..]);
    }

    [Fact]
    public void Prefix_ThatIsNotUnique_IsRefused()
    {
        string[] ids = [.. Enumerable.Range(0, 17).Select(_ => FastRun("create", Images.Busybox, "true").Run().Output)];
        char shared = ids.GroupBy(id => id[0]).First(group => group.Count() > 1).Key;

        CommandResult refused = FastRun("rm", shared.ToString()).Run().Exits(1);
        Assert.Contains("Multiple IDs found with provided prefix", refused.Stderr, StringComparison.Ordinal);
        Assert.Equal(ids[0][..20], FastRun("rm", ids[0][..20]).Run().Output);
    }

    [Fact]
    public void Kill9_OfTheSupervisor_EndsTheContainerAndPsTellsIt()
    {
        string id = Detached(["--name", "orphan"], "sh", "-c", $"sleep 1000; : {_mark}");
        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count > 0));

        _ = Command.Output("kill", "-9", Supervisor(id));

        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0));
        Assert.True(Processes.Eventually(() => StateOf("orphan") == "exited"));
        Assert.Equal("137", FastRun("wait", "orphan").Run().Output);
        Assert.Equal("orphan", FastRun("start", "orphan").Run().Output);
        Assert.Equal("running", StateOf("orphan"));
    }

    [Fact]
    public void Kill9_OfTheSupervisorOfARemovedOne_FreesItsName()
    {
        string id = Detached(["--rm", "--name", "brief"], "sleep", "1000");
        _ = Command.Output("kill", "-9", Supervisor(id));
        Assert.True(Processes.Eventually(() => StateOf("brief") != "running"));

        Detached(["--rm", "--name", "brief"], "sleep", "1000");

        Assert.Equal("running", StateOf("brief"));
    }

    [Fact]
    public void Kill9_OfASupervisorWhoseLockOutlivesIt_ItsNameIsWaitedFor()
    {
        string id = Detached(["--rm", "--name", "brief"], "sleep", "1000");
        _ = Command.Output("kill", "-9", Supervisor(id));
        Assert.True(Processes.Eventually(() => StateOf("brief") != "running"));

        // As a thread that waits for the disk holds it.
        using Process holder = new Command("flock", Path.Combine(Roots.Data, "containers", id), "sh", "-c", "echo held; read line").Start();
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        using Process next = RunCommand(["-d", "--rm", "--name", "brief"], "sleep", "1000").Start();
        Assert.False(next.WaitForExit(300));
        holder.StandardInput.WriteLine();

        Assert.Equal(65, next.StandardOutput.ReadToEnd().Length);
        Assert.True(next.WaitForExit(60_000));
        Assert.Equal(0, next.ExitCode);
        Assert.Equal("running", StateOf("brief"));
        holder.WaitForExit();
    }

    [Fact]
    public void Kill9_OfTheSupervisorOfOneThatStays_LeavesItItsName()
    {
        string id = Detached(["--name", "lasting"], "sleep", "1000");
        _ = Command.Output("kill", "-9", Supervisor(id));
        Assert.True(Processes.Eventually(() => StateOf("lasting") == "exited"));

        Run(["-d", "--name", "lasting"], "true").FailsWith(125, $"The container name \"/lasting\" is already in use by container \"{id}\"");

        Assert.Equal("lasting", FastRun("start", "lasting").Run().Output);
    }

    [Fact]
    public void Restart_OnFailure_StopsAfterItsRetries()
    {
        string id = Detached(["--restart", "on-failure:2"], "sh", "-c", "echo again >> /tmp/log; exit 4");

        Assert.Equal("4", FastRun("wait", id).Run().Output);
        string log = Path.Combine(Roots.Data, "containers", id, "upper/tmp/log");
        Assert.Equal(["again", "again", "again"], File.ReadAllLines(log));
    }

    [Fact]
    public void Restart_Always_EndsWithStop()
    {
        string id = Detached(["--name", "phoenix", "--restart", "always"], "sh", "-c", "echo again >> /tmp/log");
        string log = Path.Combine(Roots.Data, "containers", id, "upper/tmp/log");
        Assert.True(Processes.Eventually(() => File.Exists(log) && File.ReadAllLines(log).Length > 2));

        FastRun("stop", "phoenix").Run().Exits(0);

        Assert.True(Processes.Eventually(() => StateOf("phoenix") == "exited"));
    }

    [Fact]
    public void CidFile_HoldsTheIdAndMustBeNew()
    {
        string file = Path.Combine(Roots.Top, "cid");
        string id = Detached(["--cidfile", file], "true");

        Assert.Equal(id, File.ReadAllText(file));
        CommandResult refused = Run(["-d", "--cidfile", file], "true").Exits(125);
        Assert.Contains("container ID file found", refused.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void AnonymousVolumes_GoWithRemoveVolumesOnly()
    {
        FastRun("create", "--name", "kept", "-v", "/data", Images.Busybox, "touch", "/data/x").Run().Exits(0);
        FastRun("start", "-a", "kept").Run().Exits(0);
        string volumes = Path.Combine(Roots.Data, "volumes");
        Assert.Single(Directory.GetDirectories(volumes));

        FastRun("rm", "-v", "kept").Run().Exits(0);

        Assert.Empty(Directory.GetDirectories(volumes));
    }

    [Fact]
    public void Pause_OfAContainer_IsShownAndEndsWithUnpauseOrStop()
    {
        Detached(["--name", "still"], "sleep", "1000");

        Assert.Equal("still", FastRun("pause", "still").Run().Output);
        Assert.Equal("paused", StateOf("still"));
        Assert.Contains("already paused", FastRun("pause", "still").Run().Exits(1).Stderr, StringComparison.Ordinal);
        Assert.Equal("still", FastRun("unpause", "still").Run().Output);
        Assert.Equal("running", StateOf("still"));
        Assert.Contains("is not paused", FastRun("unpause", "still").Run().Exits(1).Stderr, StringComparison.Ordinal);

        FastRun("pause", "still").Run().Exits(0);
        FastRun("stop", "still").Run().Exits(0);
        Assert.Equal("exited", StateOf("still"));
        Assert.Contains("is not running", FastRun("pause", "still").Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Stats_OfARunningContainer_IsALineWithItsName()
    {
        Detached(["--name", "busy", "--memory", "64m"], "sleep", "1000");

        Assert.Equal("busy", FastRun("stats", "--no-stream", "--format", "{{.Name}}").Run().Output);
    }

    [Fact]
    public void Stats_Streaming_GoesOnAndFollowsWhatComesAndGoes()
    {
        Detached(["--name", "one"], "sleep", "1000");
        using Process stats = FastRun("stats", "--format", "{{.Name}}").Start();
        Assert.Equal("one", stats.StandardOutput.ReadLine());
        Assert.Equal("one", stats.StandardOutput.ReadLine());

        Detached(["--name", "two"], "sleep", "1000");
        FastRun("rm", "-f", "one").Run().Exits(0);
        string? line;
        do
        {
            line = stats.StandardOutput.ReadLine();
        }
        while (line == "one");

        Assert.Equal("two", line);
        stats.Kill();
        Assert.True(stats.WaitForExit(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Stats_OfNamedContainers_EndsWithTheLast()
    {
        Detached(["--name", "short"], "sleep", "1000");
        using Process stats = FastRun("stats", "--format", "json", "short").Start();
        JsonNode first = JsonNode.Parse(stats.StandardOutput.ReadLine()!)!;
        Assert.Equal("short", first["Name"]!.GetValue<string>());

        FastRun("rm", "-f", "short").Run().Exits(0);

        Assert.True(stats.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, stats.ExitCode);
    }

    [Fact]
    public void Stats_All_ListsThoseThatDoNotRun()
    {
        FastRun("create", "--name", "idle", Images.Busybox).Run().Exits(0);

        Assert.Equal("", FastRun("stats", "--no-stream", "--format", "{{.Name}}").Run().Output);
        Assert.Equal("idle 0.00% 0", FastRun("stats", "-a", "--no-stream", "--format", "{{.Name}} {{.CPUPerc}} {{.PIDs}}").Run().Output);
    }

    [Fact]
    public void Unknown_Container_IsNamed()
    {
        CommandResult result = FastRun("stop", "nobody").Run().Exits(1);
        Assert.Contains("No such container: nobody", result.Stderr, StringComparison.Ordinal);
        FastRun("rm", "-f", "nobody").Run().Exits(0);
    }

    private string Supervisor(string id)
    {
        JsonNode state = JsonNode.Parse(File.ReadAllText(Path.Combine(Roots.Data, "containers", id, "state.json")))!;
        return state["supervisor"]!["pid"]!.GetValue<int>().ToString(CultureInfo.InvariantCulture);
    }
}
