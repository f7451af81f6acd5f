using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>What of the host's namespaces a container can share, and what it has besides: --pid, --ipc, --uts, --cgroupns, --group-add, --domainname ...</summary>
public sealed class NamespaceModesTests : ContainerTest
{
    public NamespaceModesTests(TestImages images)
        : base(images)
    {
    }

    [Theory]
    [InlineData("pid", "--pid", "host")]
    [InlineData("ipc", "--ipc", "host")]
    [InlineData("uts", "--uts", "host")]
    [InlineData("cgroup", "--cgroupns", "host")]
    public void Host_IsTheHosts_AndTheOthersAreNot(string name, string flag, string value)
    {
        string script = "for n in pid ipc uts cgroup mnt net; do readlink /proc/self/ns/$n; done";
        string[] namespaces = Run(["--rm", flag, value], "sh", "-c", script).Lines;
        string[] names = ["pid", "ipc", "uts", "cgroup", "mnt", "net"];

        for (int i = 0; i < names.Length; i++)
        {
            string host = new FileInfo($"/proc/self/ns/{names[i]}").LinkTarget!;
            Assert.Equal(names[i] == name, namespaces[i] == host);
        }
    }

    [Fact]
    public void Pid_OfTheHost_LeavesNoProcessAndNoRight()
    {
        // What the first process leaves behind goes with the container, though no PID namespace ends it.
        string mark = "9" + Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        CommandResult run = Run(["--rm", "--pid", "host", "--oom-score-adj", "500"], "sh", "-c", $"sleep {mark} & cat /proc/self/oom_score_adj; test -d /proc/{Environment.ProcessId} && echo seen; grep CapEff /proc/self/status; ls -l /proc/{Environment.ProcessId}/root 2>&1 | grep -c denied");

        Assert.Equal("500", run.Lines[0]);
        Assert.Equal("seen", run.Lines[1]);
        Assert.EndsWith("00000000a80425fb", run.Lines[2], StringComparison.Ordinal);
        Assert.Equal("1", run.Lines[3]);
        Assert.True(Processes.Eventually(() => Processes.With("sleep " + mark).Count == 0));
    }

    [Fact]
    public void Pid_OfTheHost_CanBeJoinedStoppedAndRestarted()
    {
        Detached(["--name", "shared", "--pid", "host"], "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done");

        string pid = FastRun("inspect", "-f", "{{.State.Pid}}", "shared").Run().Output;
        Assert.Contains("exit 3", FastRun("exec", "shared", "cat", $"/proc/{pid}/cmdline").Run().Output, StringComparison.Ordinal);
        FastRun("restart", "-t", "60", "shared").Run().Exits(0);
        FastRun("stop", "-t", "60", "shared").Run().Exits(0);
        Assert.Equal("host 3", FastRun("inspect", "-f", "{{.HostConfig.PidMode}} {{.State.ExitCode}}", "shared").Run().Output);
    }

    [Fact]
    public void Ipc_EachMode_HasTheSharedMemoryThatItSays()
    {
        string file = "fastrun-test-" + Guid.NewGuid().ToString("N");
        try
        {
            Run(["--rm", "--ipc", "host"], "touch", "/dev/shm/" + file).Exits(0);
            Assert.True(File.Exists("/dev/shm/" + file));
        }
        finally
        {
            File.Delete("/dev/shm/" + file);
        }

        Assert.Equal("none", Run(["--rm", "--ipc", "none"], "sh", "-c", "grep -q ' /dev/shm ' /proc/mounts || echo none").Output);
        Assert.Equal("tmpfs", Run(["--rm", "--ipc", "shareable"], "sh", "-c", "grep ' /dev/shm ' /proc/mounts | cut -d ' ' -f 3").Output);
        Run(["--rm", "--ipc", "host", "--sysctl", "kernel.shmmax=1000"], "true").FailsWith(125, "not allowed in host ipc namespace");
    }

    [Fact]
    public void Uts_OfTheHost_HasItsName_AndCannotChangeIt()
    {
        Assert.Equal(Environment.MachineName, Run(["--rm", "--uts", "host"], "hostname").Output);
        Run(["--rm", "--uts", "host"], "hostname", "other").Exits(1);
        Run(["--rm", "--uts", "host", "-h", "x"], "true").FailsWith(125, "conflicting options: hostname and the UTS mode");
    }

    [Fact]
    public void Domainname_IsTheEndOfTheWholeName() => Assert.Equal(
        "box\nexample.test\nbox.example.test\n",
        Run(["--rm", "-h", "box", "--domainname", "example.test"], "sh", "-c", "hostname; cat /proc/sys/kernel/domainname; hostname -f").Stdout);

    [Fact]
    public void GroupAdd_ByNameAndNumber_IsThereInExecToo()
    {
        Assert.Equal("0 6 4242", Run(["--rm", "--group-add", "disk", "--group-add", "4242"], "id", "-G").Output);
        Detached(["--name", "grouped", "-u", "nobody:build", "--group-add", "4242"], "sleep", "1000");
        Assert.Equal("1000 4242", FastRun("exec", "grouped", "id", "-G").Run().Output);
        Assert.Equal("65534 999 4242", FastRun("exec", "-u", "nobody", "grouped", "id", "-G").Run().Output);
        Run(["--rm", "--group-add", "no-such-group"], "true").FailsWith(125, "unable to find group no-such-group");
    }

    [Fact]
    public void SystemPaths_Unconfined_UncoversThem_AndLeavesSysReadOnly()
    {
        Assert.Equal("0", Run(["--rm"], "sh", "-c", "cat /proc/timer_list | wc -c").Output);
        string[] lines = Run(
            ["--rm", "--security-opt", "systempaths=unconfined"], "sh", "-c",
            "grep -c ' /proc/' /proc/mounts; touch /sys/x 2>/dev/null || echo read-only; cat /proc/sys/kernel/hostname > /proc/sys/kernel/hostname && echo written").Lines;
        Assert.Equal(["0", "read-only", "written"], lines);
        Detached(["--name", "open", "--security-opt", "systempaths=unconfined"], "sleep", "1000");
        Assert.Equal("[] []", FastRun("inspect", "-f", "{{json .HostConfig.MaskedPaths}} {{json .HostConfig.ReadonlyPaths}}", "open").Run().Output);
    }

    [Fact]
    public void Annotations_AreKept()
    {
        Detached(["--name", "noted", "--annotation", "a=b", "--userns", "host"], "sleep", "1000");

        Assert.Equal("map[a:b] host", FastRun("inspect", "-f", "{{.HostConfig.Annotations}} {{.HostConfig.UsernsMode}}", "noted").Run().Output);
    }

    [Theory]
    [InlineData("invalid PID mode: x", "--pid", "x")]
    [InlineData("invalid PID mode: container:", "--pid", "container:")]
    [InlineData("No such container: no-such-one", "--pid", "container:no-such-one")]
    [InlineData("invalid IPC mode: x", "--ipc", "x")]
    [InlineData("invalid IPC mode: container:", "--ipc", "container:")]
    [InlineData("No such container: no-such-one", "--ipc", "container:no-such-one")]
    [InlineData("invalid UTS mode: x", "--uts", "x")]
    [InlineData("invalid user namespace mode: private", "--userns", "private")]
    [InlineData("invalid cgroup namespace mode: x", "--cgroupns", "x")]
    [InlineData("invalid domainname", "--domainname", "a b")]
    [InlineData("invalid annotation", "--annotation", "=x")]
    public void Modes_ThatAreNone_AreRefused(string words, params string[] flags) => Run([.. flags], "true").FailsWith(125, words);
}
