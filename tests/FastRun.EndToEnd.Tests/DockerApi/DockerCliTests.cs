using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>The Docker CLI against <c>fastrun daemon</c>: what a user types, and what comes.</summary>
public sealed class DockerCliTests(TestImages images) : ApiTest(images)
{
    [Fact]
    public void Version_BothHalves_AreThere()
    {
        CommandResult result = Docker("version", "--format", "{{.Server.APIVersion}} {{.Server.MinAPIVersion}} {{.Server.Os}}/{{.Server.Arch}}");

        Assert.Equal("1.52 1.24 linux/amd64", result.Output);
    }

    [Fact]
    public void Run_InTheForeground_PassesStreamsAndTheExitCode()
    {
        CommandResult result = Docker("run", "busybox:test", "sh", "-c", "echo out; echo err >&2; exit 3").Exits(3);

        Assert.Equal("out\n", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
    }

    [Fact]
    public void Run_MuchOutputOfAShortCommand_ComesWhole()
    {
        CommandResult result = Docker("run", "--rm", "busybox:test", "seq", "1", "200000").Exits(0);

        Assert.Equal(string.Concat(Enumerable.Range(1, 200_000).Select(static number => number + "\n")), result.Stdout);
    }

    [Fact]
    public void Run_Interactive_ReadsOnAfterTheClientsInputHasEnded()
    {
        Command command = Daemon.Docker("run", "-i", "--rm", "--network", "none", "busybox:test", "sh", "-c", "wc -c; echo after") with { Stdin = new string('x', 1_000_000) };

        Assert.Equal("1000000\nafter", command.Run().Output);
    }

    [Fact]
    public void Run_Remove_WaitsUntilItIsRemoved()
    {
        Docker("run", "--rm", "busybox:test", "true").Exits(0);

        Assert.Equal("", FastRun("ps", "-aq").Run().Output);
    }

    [Fact]
    public void Run_NoSuchCommand_Exits127WithDockersWords()
    {
        CommandResult result = Docker("run", "--rm", "busybox:test", "no-such-command").Exits(127);

        Assert.Contains("executable file not found in $PATH", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoSuchImage_IsSaidToBeMissing() => Assert.Contains(
        "No such image: no-such-image:test", Docker("create", "--pull", "never", "no-such-image:test").Stderr, StringComparison.Ordinal);

    [Fact]
    public void Exec_StreamsInputAndExitCode_AreTheProcesses()
    {
        Background("web");
        Command cat = Daemon.Docker("exec", "-i", "web", "cat") with { Stdin = "piped" };

        Assert.Equal("piped", cat.Run().Output);
        CommandResult result = Docker("exec", "-e", "A=b", "-w", "/tmp", "web", "sh", "-c", "echo $A; pwd; echo err >&2; exit 7").Exits(7);
        Assert.Equal("b\n/tmp\n", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
    }

    [Fact]
    public void Exec_Detached_GoesOn()
    {
        Background("web");
        Docker("exec", "-d", "web", "sh", "-c", "echo done > /tmp/made; exec sleep 1000").Exits(0);

        Assert.True(Processes.Eventually(() => Docker("exec", "web", "cat", "/tmp/made").Stdout == "done\n"));
        Assert.Contains("sleep 1000", Docker("top", "web").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_WhatIsWrittenAfterwards_ComesUntilTheContainerEnds()
    {
        Docker("run", "-d", "--name", "slow", "busybox:test", "sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.05; done; echo late; exit 4").Exits(0);
        using Process attached = Daemon.Docker("attach", "--no-stdin", "slow").Start();
        Assert.True(Processes.Eventually(() => FastRun("events", "--since", "10m", "--until", "0s", "-f", "event=attach").Run().Lines.Length > 0));
        Docker("exec", "slow", "touch", "/tmp/go").Exits(0);

        Assert.Equal("late\n", attached.StandardOutput.ReadToEnd());
        attached.WaitForExit();
        Assert.Equal(4, attached.ExitCode);
    }

    [Fact]
    public void Logs_BothStreams_AreApart()
    {
        Docker("run", "--name", "wrote", "busybox:test", "sh", "-c", "echo one; echo two >&2; echo three").Exits(0);

        CommandResult logs = Docker("logs", "wrote");
        Assert.Equal("one\nthree\n", logs.Stdout);
        Assert.Equal("two\n", logs.Stderr);
        Assert.Matches("^20[0-9-]+T[0-9:.]+Z one\n", Docker("logs", "-t", "wrote").Stdout);
        Docker("run", "--name", "lines", "busybox:test", "seq", "1", "5").Exits(0);
        Assert.Equal("4\n5\n", Docker("logs", "--tail", "2", "lines").Stdout);
    }

    [Fact]
    public void Lifecycle_EachStep_IsSeenByBothCommandLines()
    {
        Docker("create", "--name", "one", "-l", "a=b", "busybox:test", "sleep", "1000").Exits(0);
        Assert.Equal("created", StateOf("one"));
        Docker("start", "one").Exits(0);
        Docker("pause", "one").Exits(0);
        Assert.Equal("paused", StateOf("one"));
        Docker("unpause", "one").Exits(0);
        Docker("rename", "one", "two").Exits(0);
        Docker("restart", "-t", "0", "two").Exits(0);
        Assert.Equal("two", Docker("ps", "-f", "label=a=b", "--format", "{{.Names}}").Output);
        Docker("kill", "two").Exits(0);
        Assert.Equal("137", Docker("wait", "two").Output);
        Docker("rm", "two").Exits(0);
        Assert.Equal("", Docker("ps", "-aq").Output);
    }

    [Fact]
    public void Copy_BothWays_KeepsWhatIsCopied()
    {
        Background("web");
        string file = Roots.NewFile("in.txt", "content");
        Docker("cp", file, "web:/tmp/").Exits(0);
        string back = Path.Combine(Roots.Top, "out.txt");
        Docker("cp", "web:/tmp/in.txt", back).Exits(0);

        Assert.Equal("content", File.ReadAllText(back));
        Assert.Contains("A /tmp/in.txt", Docker("diff", "web").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_TagSaveLoadRemove_AreDockers()
    {
        Docker("tag", "busybox:test", "other:1").Exits(0);
        string archive = Path.Combine(Roots.Top, "image.tar");
        Docker("save", "-o", archive, "other:1").Exits(0);
        Docker("rmi", "other:1").Exits(0);
        Assert.Equal("Loaded image: other:1", Docker("load", "-i", archive).Output);
        Assert.Equal(
            Docker("inspect", "-f", "{{.Id}}", "busybox:test").Output, Docker("inspect", "-f", "{{.Id}}", "other:1").Output);
        Assert.Contains("other", Docker("images", "--format", "{{.Repository}}").Lines);
    }

    [Fact]
    public void NetworksAndVolumes_MadeUsedAndRemoved()
    {
        Docker("volume", "create", "--label", "a=b", "kept").Exits(0);
        Assert.Equal("kept", Docker("volume", "ls", "-q", "-f", "label=a=b").Output);
        Docker("run", "--rm", "--network", "none", "-v", "kept:/data", "busybox:test", "sh", "-c", "echo x > /data/file").Exits(0);
        Assert.Equal("x", Docker("run", "--rm", "--network", "none", "-v", "kept:/data:ro", "busybox:test", "cat", "/data/file").Output);
        Docker("volume", "rm", "kept").Exits(0);
        Assert.Contains("no such volume", Docker("volume", "inspect", "kept").Stderr, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("none", Docker("network", "ls", "-f", "name=none", "--format", "{{.Name}}").Output);
    }

    [Fact]
    public void Events_OfTheCommandLine_ReachTheClient()
    {
        using Process events = Daemon.Docker("events", "--since", "1m", "-f", "type=container", "--format", "{{.Action}} {{.Actor.Attributes.name}}").Start();
        FastRun("create", "--name", "seen", "--network", "none", "busybox:test").Run().Exits(0);

        Assert.Equal("create seen", events.StandardOutput.ReadLine());
        events.Kill();
        events.WaitForExit();
    }

    [Fact]
    public void Daemon_Killed_HarmsNoContainer()
    {
        Background("web");
        Daemon.Kill();
        Assert.Equal("running", StateOf("web"));

        using EngineDaemon next = new(Roots);
        Assert.Equal("running", next.Docker("inspect", "-f", "{{.State.Status}}", "web").Run().Output);
    }

    private CommandResult Docker(params string[] arguments)
    {
        // What is here is about the API, not about networks.
        string[] words = arguments is ["run" or "create", ..] && Array.IndexOf(arguments, "--network") < 0
            ? [arguments[0], "--network", "none", .. arguments[1..]]
            : arguments;
        return Daemon.Docker(words).Run();
    }

    private void Background(string name) => Docker("run", "-d", "--name", name, "busybox:test", "sleep", "1000").Exits(0);
}
