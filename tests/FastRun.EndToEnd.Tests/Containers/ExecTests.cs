using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>exec CONTAINER COMMAND: one more process in a container that runs; exit codes and words as Docker has them.</summary>
public sealed class ExecTests(TestImages images) : ContainerTest(images)
{
    private readonly string _mark = "mark" + Guid.NewGuid().ToString("N");

    [Fact]
    public void Exec_Namespaces_AreThoseOfTheContainer()
    {
        Start();
        Assert.Equal("same", In("box", "sh", "-c", "for n in cgroup ipc mnt net pid uts; do [ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] || echo $n; done; echo same").Output);
        Assert.Equal("/", In("box", "sh", "-c", "sed -n 's/^0:://p' /proc/self/cgroup").Output);
    }

    [Fact]
    public void Exec_Cgroups_AreThoseOfTheContainer()
    {
        Detached(["--name", "box", "--memory", "64m", "--pids-limit", "50"], "sh", "-c", $": first-{_mark}; sleep 1000; :");
        using Process process = FastRun("exec", "box", "sh", "-c", $": {_mark}; echo up; sleep 1000; :").Start();
        Assert.Equal("up", process.StandardOutput.ReadLine());
        Assert.Equal(
            File.ReadAllText($"/proc/{ShellWith("first-" + _mark)}/cgroup"), File.ReadAllText($"/proc/{ShellWith(": " + _mark)}/cgroup"));
    }

    [Fact]
    public void Exec_OfAPrivilegedContainer_JoinsTheGroupOfItsProcesses()
    {
        Detached(["--name", "box", "--privileged"], "sleep", "1000");
        Assert.Equal(In("box", "sed", "-n", "s/^0:://p", "/proc/1/cgroup").Output, In("box", "sed", "-n", "s/^0:://p", "/proc/self/cgroup").Output);
        Assert.Equal("0", In("box", "grep", "-c", "Seccomp:.*2", "/proc/self/status").Stdout.Trim());
    }

    [Fact]
    public void Exec_StreamsAndExitCode_ArePassedOn()
    {
        Start();
        CommandResult result = In("box", "sh", "-c", "echo out; echo err >&2; exit 3").Exits(3);
        Assert.Equal("out\n", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
        Assert.Equal("300000", (FastRun("exec", "-i", "box", "wc", "-c") with { Stdin = new string('x', 300_000) }).Run().Output.Trim());
        Assert.Equal("0", (FastRun("exec", "box", "wc", "-c") with { Stdin = "unread" }).Run().Output.Trim());
        In("box", "sh", "-c", "kill -KILL $$").Exits(137);
    }

    [Fact]
    public void Exec_Environment_IsTheContainersThenItsOwn()
    {
        string file = Path.Combine(Roots.Top, "env");
        File.WriteAllText(file, "# comment\nC=file\nD=file\n");
        Detached(["--name", "box", "-e", "A=container", "-e", "B=container", "-h", "named"], "sleep", "1000");
        string[] lines = FastRun("exec", "--env-file", file, "-e", "B=exec", "-e", "D=exec", "-e", "ABSENT", "-u", "build", "box", "env").Run().Lines;
        Assert.Equal(
            ["A=container", "B=exec", "C=file", "D=exec", "HOME=/home/build", "HOSTNAME=named", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            lines.Where(line => !line.StartsWith("SHLVL", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("TERM=xterm", FastRun("exec", "-t", "box", "env").Run().Output, StringComparison.Ordinal);
        Assert.Contains("TERM=vt52", FastRun("exec", "-t", "-e", "TERM=vt52", "box", "env").Run().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "uid=1000(build) gid=1000(build) groups=6(disk),999(docker),1000(build)")]
    [InlineData("root", "uid=0(root) gid=0(root) groups=0(root)")]
    [InlineData("nobody", "uid=65534(nobody) gid=65534(nogroup) groups=999(docker),65534(nogroup)")]
    [InlineData("build:disk", "uid=1000(build) gid=6(disk) groups=6(disk)")]
    [InlineData("4000:5000", "uid=4000 gid=5000 groups=5000")]
    public void Exec_User_IsLookedUpInTheContainer(string? user, string expected)
    {
        Detached(["--name", "box", "-u", "build"], "sleep", "1000");
        string[] flag = user is null ? [] : ["-u", user];
        string shown = FastRun(["exec", .. flag, "box", "id"]).Run().Output;
        Assert.Equal(expected, shown);
    }

    [Fact]
    public void Exec_UserThatTheContainerAdded_IsFound()
    {
        Start();
        In("box", "sh", "-c", "echo late:x:4321:4321::/late:/bin/sh >> /etc/passwd").Exits(0);
        Assert.Equal("4321 /late", FastRun("exec", "-u", "late", "box", "sh", "-c", "echo $(id -u) $HOME").Run().Output);
    }

    [Fact]
    public void Exec_WhosePid1HasAnotherRoot_IsInTheContainersRoot()
    {
        Detached(["--name", "box"], "sh", "-c", "mkdir -p /jail/bin /jail/etc; cp /bin/busybox /jail/bin/sleep; echo trap:x:1:1:::/ > /jail/etc/passwd; echo up; exec chroot /jail /bin/sleep 1000");
        Assert.True(Processes.Eventually(() => In("box", "sh", "-c", "readlink /proc/1/exe").Stdout.Contains("jail", StringComparison.Ordinal)));
        Assert.Equal("/jail", FastRun("exec", "-u", "root", "box", "sh", "-c", "echo /jail").Run().Output);
        Assert.Equal("1000", FastRun("exec", "-u", "build", "box", "id", "-u").Run().Output);
        FastRun("exec", "-u", "trap", "box", "id").Run().FailsWith(126, "unable to find user trap");
        Assert.Contains("/dev/pts/", FastRun("exec", "-t", "box", "tty").Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Exec_WorkingDirectory_IsTheContainersOrItsOwn()
    {
        Detached(["--name", "box", "-w", "/tmp"], "sleep", "1000");
        Assert.Equal("/tmp", In("box", "pwd").Output);
        Assert.Equal("/bin", FastRun("exec", "-w", "/bin", "box", "pwd").Run().Output);
    }

    [Fact]
    public void Exec_Rights_AreThoseOfTheContainer()
    {
        const string Shown = "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/$1/status; cat /proc/$1/oom_score_adj; grep -E 'open files|core' /proc/$1/limits";
        Detached(["--name", "box", "--cap-drop", "ALL", "--cap-add", "chown", "--security-opt", "no-new-privileges", "--ulimit", "nofile=123:456", "--oom-score-adj", "321"], "sleep", "1000");
        string first = In("box", "sh", "-c", Shown, "sh", "1").Output;
        Assert.Equal(first, In("box", "sh", "-c", Shown, "sh", "self").Output);
        Assert.Contains("CapEff:\t0000000000000001", first, StringComparison.Ordinal);
        Assert.Contains("\n321\n", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Exec_OwnSeccompProfile_AppliesToo()
    {
        string profile = Path.Combine(Roots.Top, "profile.json");
        File.WriteAllText(profile, """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}""");
        Detached(["--name", "box", "--security-opt", "seccomp=" + profile], "sleep", "1000");
        Assert.Contains("Operation not permitted", In("box", "mkdir", "/new").Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Exec_Privileged_AddsCapabilitiesAndKeepsTheFilter()
    {
        Start();
        string[] lines = FastRun("exec", "--privileged", "box", "grep", "-E", "^(CapEff|CapInh|Seccomp:)", "/proc/self/status").Run().Lines;
        string own = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff", StringComparison.Ordinal));
        Assert.Equal(["CapInh:\t0000000000000000", own, "Seccomp:\t2"], lines);
    }

    [Theory]
    [InlineData(127, "executable file not found in $PATH", "no-such-command")]
    [InlineData(127, "no such file or directory", "/no/such/file")]
    [InlineData(126, "permission denied", "/etc/passwd")]
    [InlineData(126, "permission denied", "/tmp")]
    public void Exec_CommandThatCannotBe_HasDockersExitCode(int code, string words, string command)
    {
        Start();
        In("box", command).FailsWith(code, words);
    }

    [Fact]
    public void Exec_RequestThatCannotBe_HasDockersExitCode()
    {
        Start();
        FastRun("exec", "none", "true").Run().FailsWith(1, "No such container: none");
        FastRun("exec", "-u", "nosuch", "box", "true").Run().FailsWith(126, "unable to find user nosuch: no matching entries in passwd file");
        FastRun("exec", "-w", "/nosuch", "box", "true").Run().FailsWith(127, "/nosuch", "no such file or directory");
        FastRun("exec", "-w", "/etc/passwd", "box", "true").Run().FailsWith(126, "not a directory");
        FastRun("exec", "-it", "box", "true").Run().FailsWith(1, "the input device is not a TTY");
        FastRun("exec", "-u", "4294967296", "box", "true").Run().FailsWith(1, "range");
        FastRun("exec", "--memory", "64m", "box", "true").Run().FailsWith(125, "--memory", "sandbox");
        FastRun("exec", "box").Run().FailsWith(125, "requires at least 2 arguments");
        Command.Run("sh", ["-c", "exec \"$@\" </", "sh", Repository.Binary, .. Roots.Options, "exec", "-i", "box", "true"]).FailsWith(1, "directory");
    }

    [Fact]
    public void Exec_ContainerThatDoesNotRun_IsRefused()
    {
        Start();
        FastRun("pause", "box").Run().Exits(0);
        In("box", "true").FailsWith(1, "is paused, unpause the container before exec");
        FastRun("unpause", "box").Run().Exits(0);
        In("box", "true").Exits(0);
        FastRun("stop", "box").Run().Exits(0);
        In("box", "true").FailsWith(1, "is not running");
        FastRun("start", "box").Run().Exits(0);
        In("box", "true").Exits(0);
        FastRun(["create", "--name", "new", Images.Busybox, "true"]).Run().Exits(0);
        In("new", "true").FailsWith(1, "is not running");
    }

    [Fact]
    public void Exec_NamedByIdPrefixOrName_IsTheSame()
    {
        string id = Start();
        foreach (string name in (string[])[id, id[..12], id[..5], "box", "/box"])
        {
            In(name, "true").Exits(0);
        }
    }

    [Fact]
    public void Exec_InAForegroundContainer_Works()
    {
        using Process process = RunCommand(["--rm", "--name", "front"], "sh", "-c", "echo ready; sleep 1000").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Assert.True(Processes.Eventually(() => StateOf("front") == "running"));
        Assert.Equal("in", In("front", "echo", "in").Output);
        FastRun("stop", "front").Run().Exits(0);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Exec_ContainerEnds_EndsWithIt()
    {
        Start();
        using Process process = FastRun("exec", "box", "sh", "-c", "echo up; sleep 1000").Start();
        Assert.Equal("up", process.StandardOutput.ReadLine());
        FastRun("kill", "box").Run().Exits(0);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(137, process.ExitCode);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [InlineData("HUP", 129)]
    public void Exec_SignalOfTheCaller_ReachesTheProcess(string signal, int code)
    {
        Start();
        using Process process = FastRun("exec", "box", "sh", "-c", "echo up; exec sleep 1000").Start();
        Assert.Equal("up", process.StandardOutput.ReadLine());
        Command.Run("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]).Exits(0);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(code, process.ExitCode);
        Assert.Equal("running", StateOf("box"));
    }

    [Fact]
    public void Exec_CallerIsKilled_TheProcessDiesAndTheContainerLives()
    {
        Start();
        using Process process = FastRun("exec", "box", "sh", "-c", $": {_mark}; echo up; while :; do sleep 1000; done").Start();
        Assert.Equal("up", process.StandardOutput.ReadLine());
        process.Kill();
        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0));
        Assert.Equal("running", StateOf("box"));
    }

    [Fact]
    public void Exec_Terminal_IsOneOfTheContainer()
    {
        Start();
        using PseudoTerminal terminal = new(FastRun("exec", "-it", "box", "sh", "-c", "tty; stty size; read x; echo got $x; exit 4"), rows: 33, columns: 77);
        terminal.Expect("/dev/pts/0");
        terminal.Expect("33 77");
        terminal.Type("words\r");
        terminal.Expect("got words");
        Assert.Equal(4, terminal.Wait());
    }

    [Fact]
    public void Exec_ManyAtOnce_AllRun()
    {
        Start();
        Process[] all = [.. Enumerable.Range(0, 16).Select(i => FastRun("exec", "box", "echo", i.ToString(CultureInfo.InvariantCulture)).Start())];
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), all[i].StandardOutput.ReadToEnd().Trim());
            Assert.True(all[i].WaitForExit(TimeSpan.FromSeconds(60)));
            Assert.Equal(0, all[i].ExitCode);
            all[i].Dispose();
        }
    }

    private string Start() => Detached(["--name", "box"], "sleep", "1000");

    private CommandResult In(string container, params IReadOnlyList<string> command) => FastRun(["exec", container, .. command]).Run();

    /// <summary>The host's number of the shell whose script has the mark; a child that it has just made looks like it until it executes its program.</summary>
    private static int ShellWith(string mark) => Processes.With(mark).First(static pid =>
        Processes.CommandLine(pid).StartsWith("sh", StringComparison.Ordinal));
}
