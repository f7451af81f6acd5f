using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>inspect, restart, rename and update, of containers that run and of those that do not.</summary>
public sealed class ChangeTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Inspect_OfARunningContainer_TellsWhatTheKernelDoes()
    {
        string id = Detached(["--name", "one", "-e", "A=1", "-v", "/usr/bin:/t:ro", "-v", "cache:/c", "--label", "x=y", "-m", "64m"], "sleep", "1000");

        JsonNode document = Assert.Single(JsonNode.Parse(FastRun("inspect", "one").Run().Output)!.AsArray())!;
        int pid = (int)document["State"]!["Pid"]!;
        Assert.Equal("sleep\01000\0", File.ReadAllText($"/proc/{pid}/cmdline"));
        Assert.Equal((id, "/one", "running"), ((string)document["Id"]!, (string)document["Name"]!, (string)document["State"]!["Status"]!));
        Assert.Equal(["/c", "/t"], document["Mounts"]!.AsArray().Select(mount => (string)mount!["Destination"]!));
        Assert.True(Directory.Exists((string)document["Mounts"]![0]!["Source"]!));
        Assert.Equal(64 << 20, (int)document["HostConfig"]!["Memory"]!);
        Assert.Contains("A=1", document["Config"]!["Env"]!.AsArray().Select(variable => (string)variable!));
        Assert.True(File.Exists((string)document["LogPath"]!));
        foreach (string layer in ((string)document["GraphDriver"]!["Data"]!["LowerDir"]!).Split(':'))
        {
            Assert.True(Directory.Exists(layer));
        }
    }

    [Fact]
    public void Inspect_Templates_AndSizes()
    {
        Run(["--name", "one", "-v", "cache:/c", "--label", "x=y"], "sh", "-c", "head -c 1000 /dev/zero > /file; exit 3").Exits(3);

        Assert.Equal("exited 3 y", FastRun("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{index .Config.Labels \"x\"}}", "one").Run().Output);
        Assert.Equal("volume:/c,", FastRun("inspect", "-f", "{{range .Mounts}}{{.Type}}:{{.Destination}},{{end}}", "one").Run().Output);
        Assert.Equal("1000", FastRun("inspect", "-s", "-f", "{{.SizeRw}}", "one").Run().Output);
        Assert.Equal("SH -C", FastRun("inspect", "-f", "{{upper .Path}} {{upper (index .Args 0)}}", "one").Run().Output);
        Assert.Equal("[\"none\"]", FastRun("inspect", "-f", "{{range $name, $network := .NetworkSettings.Networks}}[{{json $name}}]{{end}}", "one").Run().Output);
    }

    [Fact]
    public void Inspect_SeveralKinds_AndWhatIsMissing()
    {
        FastRun("create", "--name", "one", "-v", "cache:/c", Images.Busybox).Run().Exits(0);
        Run(["--rm", "-v", "cache:/c"], "true").Exits(0);
        string image = FastRun("inspect", "-f", "{{.Image}}", "one").Run().Output;

        CommandResult result = FastRun("inspect", "one", "nothere", image, "cache").Run().Exits(1);

        Assert.Equal(["/one", null, "cache"], JsonNode.Parse(result.Stdout)!.AsArray().Select(item => (string?)item!["Name"]));
        Assert.Equal("fastrun: No such object: nothere\n", result.Stderr);
        Assert.Equal("[]\n", FastRun("inspect", "--type", "container", "cache").Run().FailsWith(1, "No such container: cache").Stdout);
        Assert.Equal("[]\n", FastRun("container", "inspect", image).Run().FailsWith(1, "No such container").Stdout);
        Assert.Equal("[]\n", FastRun("image", "inspect", "one").Run().FailsWith(1, "no such image").Stdout);
        Assert.Equal(image, FastRun("image", "inspect", "-f", "{{.Id}}", image).Run().Output);
        Assert.Equal("cache", FastRun("volume", "inspect", "-f", "{{.Name}}", "cache").Run().Output);
    }

    [Theory]
    [InlineData("sleep 1000", false, "stop", 137)]
    [InlineData("sleep 1000", true, "stop", 143)]
    [InlineData("sleep 1000", true, "kill", 137)]
    [InlineData("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done", false, "stop", 7)]
    public void End_ExitCode_IsDockers(string script, bool init, string how, int code)
    {
        string[] command = script.Contains(';', StringComparison.Ordinal) ? ["sh", "-c", script] : script.Split(' ');
        Detached(["--name", "one", .. init ? ["--init"] : Array.Empty<string>()], command);
        if (script.Contains("ready", StringComparison.Ordinal))
        {
            Assert.True(Processes.Eventually(() => FastRun("logs", "one").Run().Output == "ready"));
        }

        if (init && how == "stop")
        {
            // Until init has its child, a signal to it is one to nobody.
            Assert.True(Processes.Eventually(() => FastRun("exec", "one", "true").Run().ExitCode == 0 && ChildOf("one")));
        }

        FastRun(how, "one").Run().Exits(0);

        Assert.Equal($"exited {code} false", FastRun("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}", "one").Run().Output);
    }

    [Fact]
    public void Restart_RunningAndStopped_RunsAgain()
    {
        Detached(["--name", "one"], "sleep", "1000");
        FastRun("create", "--name", "two", Images.Busybox, "sleep", "1000").Run().Exits(0);
        string pid = Pid("one");

        Assert.Equal(["one", "two"], FastRun("restart", "one", "two").Run().Lines);

        Assert.NotEqual(pid, Pid("one"));
        Assert.Equal(("running", "running"), (StateOf("one"), StateOf("two")));
        _ = FastRun("restart", "nothere").Run().FailsWith(1, "No such container: nothere");
    }

    [Fact]
    public void Restart_Paused_AndOneThatKeepsFailing_RunsAgain()
    {
        Detached(["--name", "paused"], "sleep", "1000");
        FastRun("pause", "paused").Run().Exits(0);
        Detached(["--name", "failing", "--restart", "always"], "false");

        FastRun("restart", "paused").Run().Exits(0);
        Assert.Equal("running", StateOf("paused"));
        Assert.True(Processes.Eventually(() => StateOf("failing") == "restarting"));
        FastRun("restart", "failing").Run().Exits(0);
        FastRun("stop", "failing").Run().Exits(0);

        // Its end may not be on record yet.
        Assert.True(Processes.Eventually(() => StateOf("failing") == "exited"));
        FastRun("start", "failing").Run().Exits(0);
        Assert.True(Processes.Eventually(() => StateOf("failing") == "restarting"));
        Assert.True(Processes.Eventually(() => FastRun("rm", "-f", "failing").Run().ExitCode == 0));
    }

    [Fact]
    public void Restart_WithRemove_StaysAndGoesWhenItEnds()
    {
        Detached(["--rm", "--name", "one"], "sleep", "1000");
        string pid = Pid("one");

        FastRun("restart", "one").Run().Exits(0);

        Assert.NotEqual(pid, Pid("one"));
        FastRun("stop", "one").Run().Exits(0);
        Assert.True(Processes.Eventually(() => StateOf("one") == "none"));
    }

    [Fact]
    public void Rename_RunningAndStopped_OnlyTheNewNameIsKnown()
    {
        string running = Detached(["--name", "one"], "sleep", "1000");
        FastRun("create", "--name", "two", Images.Busybox).Run().Exits(0);

        Assert.Equal("", FastRun("rename", "one", "eins").Run().Output);
        FastRun("rename", "two", "/one").Run().Exits(0);

        Assert.Equal(["one created", "eins running"], FastRun("ps", "-a", "--format", "{{.Names}} {{.State}}").Run().Lines);
        Assert.Equal(running, FastRun("inspect", "-f", "{{.Id}}", "eins").Run().Output);
        Assert.Equal("hello", FastRun("exec", "eins", "echo", "hello").Run().Output);
        FastRun("rm", "-f", "eins", "one").Run().Exits(0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "names")));
    }

    [Fact]
    public void Rename_OfOneThatRemovesItself_FreesTheNewNameToo()
    {
        Detached(["--rm", "--name", "one"], "sleep", "1000");
        FastRun("rename", "one", "two").Run().Exits(0);

        FastRun("stop", "two").Run().Exits(0);

        Assert.True(Processes.Eventually(() => !Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "names")).Any()));
    }

    [Fact]
    public void Rename_ToWhatCannotBe_IsRefusedAndChangesNothing()
    {
        FastRun("create", "--name", "one", Images.Busybox).Run().Exits(0);
        FastRun("create", "--name", "two", Images.Busybox).Run().Exits(0);

        _ = FastRun("rename", "one", "two").Run().FailsWith(1, "Conflict. The container name \"/two\" is already in use by container");
        _ = FastRun("rename", "one", "one").Run().FailsWith(1, "Renaming a container with the same name as its current name");
        _ = FastRun("rename", "one", "a b").Run().FailsWith(1, "Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        _ = FastRun("rename", "one", "/").Run().FailsWith(1, "new name cannot be empty");
        _ = FastRun("rename", "nothere", "three").Run().FailsWith(1, "No such container: nothere");

        Assert.Equal(["two", "one"], FastRun("ps", "-a", "--format", "{{.Names}}").Run().Lines);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "names")).Count());
    }

    [Fact]
    public void Rename_ToANameThatAKilledRenameLeft_TakesIt()
    {
        FastRun("create", "--name", "one", Images.Busybox).Run().Exits(0);
        string id = FastRun("create", "--name", "two", Images.Busybox).Run().Output;
        File.CreateSymbolicLink(Path.Combine(Roots.Data, "names", "left"), id);

        _ = FastRun("inspect", "left").Run().Exits(1);
        FastRun("rename", "one", "left").Run().Exits(0);
        Assert.Equal("/left", FastRun("inspect", "-f", "{{.Name}}", "left").Run().Output);
        Assert.Equal("/two", FastRun("inspect", "-f", "{{.Name}}", id).Run().Output);
    }

    [Fact]
    public void Update_RunningContainer_LimitHoldsAtOnceAndAfterARestart()
    {
        Detached(["--name", "one", "-m", "64m", "--pids-limit", "50"], "sleep", "1000");

        Assert.Equal("one", FastRun("update", "-m", "128m", "--memory-swap", "256m", "--pids-limit", "60", "one").Run().Output);
        Assert.Equal(["134217728", "60"], Limits("one"));
        FastRun("update", "-m", "32m", "--memory-swap", "64m", "one").Run().Exits(0);
        Assert.Equal(["33554432", "60"], Limits("one"));
        Assert.Equal("33554432 67108864 60", FastRun("inspect", "-f", "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}}", "one").Run().Output);

        FastRun("restart", "one").Run().Exits(0);
        Assert.Equal(["33554432", "60"], Limits("one"));
    }

    [Fact]
    public void Update_WhatCannotBe_IsRefusedAndChangesNothing()
    {
        Detached(["--name", "one", "-m", "64m"], "sleep", "1000");

        _ = FastRun("update", "one").Run().FailsWith(125, "you must provide one or more flags when using this command");
        _ = FastRun("update", "-m", "1m", "one").Run().FailsWith(1, "Minimum memory limit allowed is 6MB");
        _ = FastRun("update", "--cpus", "10000", "one").Run().FailsWith(1, "range of CPUs is from 0.01");
        _ = FastRun("update", "-m", "64m", "nothere").Run().FailsWith(1, "No such container: nothere");
        _ = FastRun("update", "--restart", "sometimes", "one").Run().FailsWith(125, "invalid restart policy");

        Assert.Equal("67108864 0", FastRun("inspect", "-f", "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}", "one").Run().Output);
    }

    [Fact]
    public void Update_RestartPolicy_OfARunningContainerHolds()
    {
        Detached(["--name", "one", "--restart", "always"], "sh", "-c", "while [ ! -e /end ]; do sleep 0.01; done");

        FastRun("update", "--restart", "no", "one").Run().Exits(0);
        FastRun("exec", "one", "touch", "/end").Run().Exits(0);

        Assert.True(Processes.Eventually(() => StateOf("one") == "exited"));
        Assert.Equal("no 0", FastRun("inspect", "-f", "{{.HostConfig.RestartPolicy.Name}} {{.RestartCount}}", "one").Run().Output);
    }

    [Fact]
    public void Update_StoppedContainer_HoldsFromTheNextStart()
    {
        FastRun("create", "--name", "one", Images.Busybox, "sleep", "1000").Run().Exits(0);

        FastRun("update", "-m", "48m", "--pids-limit", "70", "one").Run().Exits(0);
        FastRun("start", "one").Run().Exits(0);

        Assert.Equal(["50331648", "70"], Limits("one"));
    }

    private string Pid(string name) => FastRun("inspect", "-f", "{{.State.Pid}}", name).Run().Output;

    private bool ChildOf(string name)
    {
        string pid = Pid(name);
        return File.ReadAllText($"/proc/{pid}/task/{pid}/children").Length > 0;
    }

    /// <summary>The limits of memory and of processes that the kernel has for a container's first process.</summary>
    private string[] Limits(string name)
    {
        string[] groups = File.ReadAllLines($"/proc/{Pid(name)}/cgroup");
        return [Limit(groups, "memory", "memory.limit_in_bytes", "memory.max"), Limit(groups, "pids", "pids.max", "pids.max")];
    }

    private static string Limit(string[] groups, string controller, string v1File, string v2File)
    {
        string? v1 = Array.Find(groups, line => line.Split(':')[1].Split(',').Contains(controller));
        string path = v1 is not null
            ? $"/sys/fs/cgroup/{controller}{v1.Split(':')[2]}/{v1File}"
            : $"/sys/fs/cgroup{Array.Find(groups, static line => line.StartsWith("0:", StringComparison.Ordinal))!.Split(':')[2]}/{v2File}";
        return File.ReadAllText(path).Trim().ToString(CultureInfo.InvariantCulture);
    }
}
