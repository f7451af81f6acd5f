using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>exec -d, and exec -it with keys that leave the command running.</summary>
public sealed class ExecDetachedTests(TestImages images) : ContainerTest(images)
{
    private readonly string _mark = "mark" + Guid.NewGuid().ToString("N");

    [Fact]
    public void ExecDetached_ReturnsAndTheCommandGoesOn()
    {
        Start();
        CommandResult result = FastRun("exec", "-d", "-e", "A=b", "-w", "/tmp", "-u", "build", "box", "sh", "-c", $": {_mark}; echo $A $PWD $(id -u) > out; mkfifo go; read x < go; echo done > end").Run();
        Assert.Equal("", result.Output);
        Assert.True(Processes.Eventually(() => In("test", "-p", "/tmp/go").ExitCode == 0));
        Assert.Equal("b /tmp 1000", In("cat", "/tmp/out").Output);
        Assert.NotEmpty(Processes.With(_mark));
        In("sh", "-c", "echo > /tmp/go").Exits(0);
        Assert.True(Processes.Eventually(() => In("cat", "/tmp/end").Stdout == "done\n"));
        Assert.True(Processes.Eventually(() => Processes.With("hold-exec " + Id()).Count == 0));
    }

    [Fact]
    public void ExecDetached_ContainerEnds_LeavesNoProcess()
    {
        Start();
        FastRun("exec", "-d", "box", "sh", "-c", $": {_mark}; sleep 1000; :").Run().Exits(0);
        string id = Id();
        Assert.NotEmpty(Processes.With("hold-exec " + id));
        FastRun("kill", "box").Run().Exits(0);
        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0 && Processes.With("hold-exec " + id).Count == 0));
        Assert.True(Processes.Eventually(() => StateOf("box") == "exited"));
    }

    [Fact]
    public void ExecDetached_HolderIsKilled_TheCommandGoesOnAndTheContainerEnds()
    {
        Start();
        FastRun("exec", "-d", "box", "sh", "-c", $": {_mark}; sleep 1000; :").Run().Exits(0);
        using (Process holder = Process.GetProcessById(Processes.With("hold-exec " + Id()).Single()))
        {
            holder.Kill();
            holder.WaitForExit();
        }

        Assert.NotEmpty(Processes.With(_mark));
        FastRun("kill", "box").Run().Exits(0);
        Assert.True(Processes.Eventually(() => StateOf("box") == "exited" && Processes.With(_mark).Count == 0));
    }

    [Fact]
    public void ExecDetached_ThatCannotBe_SaysSo()
    {
        Start();
        FastRun("exec", "-d", "box", "no-such-command").Run().FailsWith(127, "executable file not found in $PATH");
        FastRun("exec", "-d", "-w", "/nosuch", "box", "true").Run().FailsWith(127, "/nosuch");
        FastRun("exec", "-d", "-u", "nosuch", "box", "true").Run().FailsWith(126, "unable to find user nosuch");
        FastRun("exec", "-d", "none", "true").Run().FailsWith(1, "No such container: none");
        FastRun("exec", "-d", Images.Busybox, "--", "true").Run().FailsWith(125, "--detach");
    }

    [Fact]
    public void ExecDetached_LargeEnvironment_Arrives()
    {
        Start();
        string file = Path.Combine(Roots.Top, "env");
        File.WriteAllLines(file, Enumerable.Range(0, 800).Select(i => $"V{i}={new string('x', 600)}"));
        FastRun("exec", "-d", "--env-file", file, "box", "sh", "-c", "env | grep -c ^V > /tmp/new; mv /tmp/new /tmp/count").Run().Exits(0);
        Assert.True(Processes.Eventually(() => In("cat", "/tmp/count").Stdout == "800\n"));
    }

    [Fact]
    public void Exec_DetachKeys_LeaveTheCommandRunning()
    {
        Start();
        using PseudoTerminal terminal = new(
            FastRun("exec", "-it", "--detach-keys", "ctrl-x,y", "box", "sh", "-c", $": {_mark}; stty size; read x; echo read $x; sleep 1; echo $x > /tmp/read; read y"));
        terminal.Expect("24 80");
        terminal.Type("word\r");
        terminal.Expect("read word");
        terminal.Type("\u0018y");
        Assert.Equal(0, terminal.Wait());
        Assert.True(Processes.Eventually(() => In("cat", "/tmp/read").Stdout == "word\n"));
        Assert.NotEmpty(Processes.With(_mark));
    }

    [Fact]
    public void Exec_TerminalIsResized_TheCommandHears()
    {
        Start();
        using PseudoTerminal terminal = new(
            FastRun("exec", "-it", "box", "sh", "-c", "trap 'stty size' WINCH; echo up; while :; do sleep 0.1; done"));
        terminal.Expect("up");
        terminal.Resize(50, 132);
        terminal.Expect("50 132");
        terminal.Process.Kill();
    }

    [Fact]
    public void Exec_OnATerminalCallerIsKilled_TheCommandDies()
    {
        Start();
        using PseudoTerminal terminal = new(FastRun("exec", "-it", "box", "sh", "-c", $": {_mark}; trap '' HUP; echo up; read x; sleep 1000"));
        terminal.Expect("up");
        terminal.Process.Kill();
        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0 && Processes.With("hold-exec " + Id()).Count == 0));
        Assert.Equal("running", StateOf("box"));
    }

    [Fact]
    public void Exec_Events_AreDockers()
    {
        Start();
        In("sh", "-c", "exit 3").Exits(3);
        string[] events = FastRun("events", "--since", "1h", "--until", "0s", "--format", "{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}").Run().Lines;
        string[] ours = [.. events.Where(line => line.StartsWith("exec", StringComparison.Ordinal))];
        Assert.Equal(3, ours.Length);
        Assert.StartsWith("exec_create: sh -c exit 3 box", ours[0], StringComparison.Ordinal);
        Assert.StartsWith("exec_start: sh -c exit 3 box", ours[1], StringComparison.Ordinal);
        Assert.Equal("exec_die box 3", ours[2]);
    }

    private void Start() => Detached(["--name", "box"], "sleep", "1000");

    private string Id() => FastRun("ps", "-q", "--no-trunc").Run().Output;

    private CommandResult In(params string[] command) => FastRun(["exec", "box", .. command]).Run();
}
