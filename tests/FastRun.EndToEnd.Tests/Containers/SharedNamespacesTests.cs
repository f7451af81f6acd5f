using System;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>Containers in namespaces of others: <c>--pid container:NAME</c>, <c>--ipc container:NAME</c>, and an init among others.</summary>
public sealed class SharedNamespacesTests : ContainerTest
{
    private const string Forever = "while :; do sleep 0.1; done";

    public SharedNamespacesTests(TestImages images)
        : base(images)
    {
    }

    [Fact]
    public void Pid_OfAnother_ShowsItsProcesses_AndNoOthers()
    {
        Detached(["--name", "seen"], "sleep", "12345");

        // Its first process is 1; masks and everything else are those of any container.
        CommandResult run = Run(
            ["--rm", "--pid", "container:seen"], "sh", "-c",
            "tr '\\0' ' ' < /proc/1/cmdline; echo; [ $$ -gt 1 ] && echo not 1; readlink /proc/self/ns/pid; cat /proc/timer_list | wc -c; echo x > /proc/sys/kernel/hostname || echo read-only; grep CapEff /proc/self/status");

        Assert.Equal("sleep 12345 ", run.Lines[0]);
        Assert.Equal("not 1", run.Lines[1]);
        Assert.Equal(NamespaceOf("seen", "pid"), run.Lines[2]);
        Assert.Equal("0", run.Lines[3]);
        Assert.Equal("read-only", run.Lines[4]);
        Assert.EndsWith("00000000a80425fb", run.Lines[5], StringComparison.Ordinal);
        foreach (string other in (string[])["ipc", "uts", "mnt", "net", "cgroup"])
        {
            Assert.NotEqual(NamespaceOf("seen", other), Run(["--rm", "--pid", "container:seen"], "readlink", "/proc/self/ns/" + other).Output);
        }
    }

    [Fact]
    public void Pid_OfAnother_IsSeenSignalledAndJoined()
    {
        string seen = Trapping(7, "--name", "seen");
        Trapping(5, "--name", "guest", "--pid", "container:seen");

        Assert.Contains("exit 5", FastRun("exec", "seen", "sh", "-c", "cat /proc/[0-9]*/cmdline 2> /dev/null; :").Run().Output, StringComparison.Ordinal);
        Assert.Equal(NamespaceOf("seen", "pid"), FastRun("exec", "guest", "readlink", "/proc/self/ns/pid").Run().Output);
        Assert.Equal("container:" + seen, FastRun("inspect", "-f", "{{.HostConfig.PidMode}}", "guest").Run().Output);
        FastRun("exec", "guest", "kill", "-TERM", "1").Run().Exits(0);
        Assert.Equal("7", FastRun("wait", "seen").Run().Output);

        // With the first process of the namespace go all others.
        Assert.Equal("137", FastRun("wait", "guest").Run().Output);
    }

    [Fact]
    public void Pid_OfAnother_IsAskedForAtEachStart()
    {
        string seen = Detached(["--name", "seen"], "sleep", "1000");
        Trapping(5, "--name", "guest", "--pid", "container:seen");
        FastRun("stop", "-t", "60", "guest").Run().Exits(0);
        Assert.Equal("5", FastRun("inspect", "-f", "{{.State.ExitCode}}", "guest").Run().Output);
        Assert.Equal("running", StateOf("seen"));

        FastRun("stop", "-t", "0", "seen").Run().Exits(0);
        CommandResult refused = FastRun("start", "guest").Run();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"failed to join PID namespace: container {seen} is not running", refused.Stderr, StringComparison.Ordinal);

        // It is the container that counts, not its name.
        FastRun("rename", "seen", "renamed").Run().Exits(0);
        Detached(["--name", "seen"], "sleep", "1000");
        FastRun("start", "renamed").Run().Exits(0);
        FastRun("start", "guest").Run().Exits(0);
        Assert.Equal(NamespaceOf("renamed", "pid"), NamespaceOf("guest", "pid"));
    }

    [Fact]
    public void Pid_OfAnother_LeavesNothingBehind()
    {
        string mark = "7" + Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Detached(["--name", "seen"], "sleep", "1000");

        Assert.Equal("done", Run(["--rm", "--pid", "container:seen"], "sh", "-c", $"sleep {mark} & echo done").Output);
        Assert.True(Processes.Eventually(() => Processes.With("sleep " + mark).Count == 0));
        Assert.Equal("running", StateOf("seen"));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("container:seen")]
    public void Pid_OfOthers_ExecFails_AsEverywhere(string mode)
    {
        Detached(["--name", "seen"], "sleep", "1000");

        Run(["--rm", "--pid", mode], "no-such-command").FailsWith(127, "executable file not found in $PATH");
        Run(["--rm", "--pid", mode], "/etc").FailsWith(126, "permission denied");
        Run(["-d", "--pid", mode], "no-such-command").FailsWith(127, "executable file not found in $PATH");
        Assert.Equal("exited\n", Run(["--rm", "--pid", mode], "sh", "-c", "echo exited; exit 3").Exits(3).Stdout);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("container:seen")]
    public void Pid_OfOthers_TheEnginesProgram_IsNoInterpreter(string mode)
    {
        // A script that names what executes it: that must not be the engine, whose file could then be opened from inside (CVE-2019-5736).
        string script = Path.Combine(Roots.Top, "script");
        File.WriteAllText(script, "#!/proc/self/exe version\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Detached(["--name", "seen"], "sleep", "1000");

        CommandResult run = Run(["--rm", "--pid", mode, "-v", $"{script}:/script"], "/script");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("", run.Stdout);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("container:seen")]
    public void Init_AmongOthers_ReapsAndPassesSignalsOn(string mode)
    {
        Detached(["--name", "seen"], "sleep", "1000");

        // An orphan comes to the init, which reaps it: it is no zombie, and not somebody else's child.
        CommandResult run = Run(
            ["--rm", "--init", "--pid", mode], "sh", "-c",
            "p=$PPID; grep -q fastrun-init /proc/$p/comm && echo init; sh -c 'sleep 1000 & echo $!' > /tmp/o; read o < /tmp/o; [ \"$(cut -d ' ' -f 4 /proc/$o/stat)\" = $p ] && echo adopted; kill $o; while [ -d /proc/$o ]; do sleep 0.05; done; echo reaped; exit 4");
        Assert.Equal("init\nadopted\nreaped\n", run.Exits(4).Stdout);

        Trapping(6, "--name", "guest", "--init", "--pid", mode);
        Assert.Equal(2, FastRun("top", "guest").Run().Lines.Count(static line => line.Contains("trap", StringComparison.Ordinal)));
        FastRun("stop", "-t", "60", "guest").Run().Exits(0);
        Assert.Equal("6", FastRun("inspect", "-f", "{{.State.ExitCode}}", "guest").Run().Output);
    }

    [Fact]
    public void Terminal_AmongOthers_IsTheCommands()
    {
        Detached(["--name", "seen"], "sleep", "1000");
        Detached(["--name", "guest", "-t", "--pid", "container:seen"], "sh", "-c", "tty; ps -o tty,comm | grep -q '136,.*sh' && echo controlled; exec sleep 1000");

        Assert.True(Processes.Eventually(() => FastRun("logs", "guest").Run().Stdout.Contains("controlled", StringComparison.Ordinal)), FastRun("logs", "guest").Run().Stdout);
    }

    [Fact]
    public void Ipc_OfAnother_IsItsMemoryAndItsQueues()
    {
        string donor = Detached(["--name", "donor", "--ipc", "shareable"], "sh", "-c", "echo shared > /dev/shm/file; exec sleep 1000");
        Assert.True(Processes.Eventually(() => FastRun("exec", "donor", "cat", "/dev/shm/file").Run().Output == "shared"));

        CommandResult run = Run(["--rm", "--ipc", "container:donor"], "sh", "-c", "cat /dev/shm/file; readlink /proc/self/ns/ipc; : > /dev/shm/new");
        Assert.Equal(["shared", NamespaceOf("donor", "ipc")], run.Exits(0).Lines);
        FastRun("exec", "donor", "test", "-e", "/dev/shm/new").Run().Exits(0);

        // What shares can be shared on; something else at /dev/shm stays that.
        Detached(["--name", "second", "--ipc", "container:donor"], "sleep", "1000");
        Assert.Equal(
            [NamespaceOf("donor", "ipc"), "empty"],
            Run(["--rm", "--ipc", "container:second", "--tmpfs", "/dev/shm"], "sh", "-c", "readlink /proc/self/ns/ipc; ls /dev/shm | grep -q . || echo empty").Lines);
        Assert.Equal("container:" + donor, FastRun("inspect", "-f", "{{.HostConfig.IpcMode}}", "second").Run().Output);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("none")]
    public void Ipc_ThatIsNotShared_CannotBeJoined(string mode)
    {
        string donor = Detached(["--name", "donor", "--ipc", mode], "sleep", "1000");

        Run(["--rm", "--ipc", "container:donor"], "true").FailsWith(
            125, $"failed to join IPC namespace: container {donor}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
    }

    [Theory]
    [InlineData("--pid", "PID")]
    [InlineData("--ipc", "IPC")]
    public void Join_OfWhatDoesNotRun_IsRefused(string flag, string what)
    {
        string made = FastRun("create", "--name", "made", "--ipc", "shareable", Images.Busybox, "true").Run().Output;

        Run(["--rm", flag, "container:made"], "true").FailsWith(125, $"failed to join {what} namespace: container {made} is not running");

        // Made it can be before the other one runs, as in Docker.
        FastRun("create", flag, "container:made", Images.Busybox, "true").Run().Exits(0);
    }

    /// <summary>Starts a container that ends with a code when it is asked to, and waits until it can be asked.</summary>
    private string Trapping(int code, params System.Collections.Generic.IReadOnlyList<string> flags)
    {
        string id = Detached(flags, "sh", "-c", $"trap 'exit {code}' TERM; echo ready; {Forever}");
        Assert.True(Processes.Eventually(() => FastRun("logs", id).Run().Output == "ready"));
        return id;
    }

    /// <summary>What the link of a namespace of a container's first process says.</summary>
    private string NamespaceOf(string container, string kind) =>
        new FileInfo($"/proc/{FastRun("inspect", "-f", "{{.State.Pid}}", container).Run().Output}/ns/{kind}").LinkTarget!;
}
