using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Standard input, output and error are the caller's own; terminals are real.</summary>
public sealed class StdioTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Stdio_Descriptors_AreTheVeryOnesOfTheCaller()
    {
        string output = Path.Combine(Roots.Top, "output");
        string error = Path.Combine(Roots.Top, "error");
        Command command = ExecCommand(["-i"], "stat", "-L", "-c", "%i", "/dev/fd/0", "/proc/self/fd/1", "/proc/self/fd/2");
        string input = Roots.NewFile("input", "x");

        _ = Command.Output("sh", ["-c", $"exec \"$@\" <{input} >{output} 2>{error}", "sh", command.File, .. command.Arguments]);

        string inodes = Command.Output("stat", "-c", "%i", input, output, error);
        Assert.Equal(inodes, File.ReadAllText(output).Trim());
    }

    [Fact]
    public void Stdin_WithoutI_IsEmpty()
    {
        Assert.Equal("", (ExecCommand([], "cat") with { Stdin = "not for you" }).Run().Output);
        Assert.Equal("for you", (ExecCommand(["-i"], "cat") with { Stdin = "for you" }).Run().Output);
    }

    [Fact]
    public void Stdout_HundredMegabytes_ArriveUnchanged()
    {
        string[] words = [.. ExecCommand([], "sh", "-c", "head -c 104857600 /dev/zero").Arguments];
        string sum = Command.Output("sh", ["-c", "\"$@\" | md5sum", "sh", Repository.Binary, .. words]);
        Assert.StartsWith("2f282b84e7e608d5852449ed940bfc51", sum, StringComparison.Ordinal);
    }

    [Fact]
    public void Stdout_AndStderr_KeepTheirOrderInOneFile() =>
        Assert.Equal(
            string.Concat(Enumerable.Range(0, 50).Select(i => $"o{i}\ne{i}\n")),
            Command.Run("sh", ["-c", "\"$@\" 2>&1", "sh", Repository.Binary, .. ExecCommand([], "sh", "-c", "for i in $(seq 0 49); do echo o$i; echo e$i >&2; done").Arguments]).Stdout);

    [Fact]
    public void Stdout_ReaderGone_TheCommandGetsSigpipe()
    {
        // Not as PID 1, for which the kernel drops signals that it has no handler for.
        string output = Command.Output(
            "bash", ["-c", "\"$@\" | head -1; echo ${PIPESTATUS[0]}", "bash", Repository.Binary, .. ExecCommand(["--init"], "yes").Arguments]);
        Assert.Equal("y\n141", output);
    }

    [Fact]
    public void Stdio_DirectoryAsStdin_IsRefused()
    {
        string[] words = [.. ExecCommand(["-i"], "true").Arguments];
        CommandResult result = Command.Run("sh", ["-c", "\"$@\" </etc", "sh", Repository.Binary, .. words]);
        _ = result.FailsWith(125, "directory");
    }

    [Fact]
    public void Stdio_ClosedByTheCaller_TheSandboxStillHasThree()
    {
        string[] words = [.. ExecCommand([], "sh", "-c", "ls /proc/self/fd > /mnt/list").Arguments];
        string directory = Roots.NewDirectory("out");
        string[] withVolume = [.. words.Take(6), "-v", directory + ":/mnt", .. words.Skip(6)];
        _ = Command.Run("sh", ["-c", "exec \"$@\" <&- >&- 2>&-", "sh", Repository.Binary, .. withVolume]).Exits(0);
        Assert.Equal(["0", "1", "2"], File.ReadAllLines(Path.Combine(directory, "list")).Take(3));
    }

    [Fact]
    public void Tty_Flag_GivesAControllingTerminalOfItsOwn()
    {
        using PseudoTerminal terminal = new(ExecCommand(["-it"], "sh", "-c", "tty; stat -c device:%d: $(tty); test -t 0 && test -t 1 && test -t 2 && echo all; echo hi > /dev/tty"));
        Assert.Equal(0, terminal.Wait());
        terminal.Expect("hi");
        Assert.Contains("/dev/", terminal.Seen, StringComparison.Ordinal);
        Assert.Contains("all", terminal.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain($"device:{Command.Output("stat", "-c", "%d", terminal.Path)}:", terminal.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Tty_Size_IsPassedOnAndFollowsResizing()
    {
        using PseudoTerminal terminal = new(FastRun("exec", "--no-workspace", "-it", Images.Probe, "--", "/probe", "window"), rows: 30, columns: 100);
        terminal.Expect("30x100");
        terminal.Resize(40, 120);
        terminal.Expect("40x120");
        Assert.Equal(0, terminal.Wait());
    }

    [Fact]
    public void Tty_Raw_WhileItRuns_AndRestoredAfterwards()
    {
        using PseudoTerminal terminal = new(ExecCommand(["-it"], "sh", "-c", "echo ready; read line; echo got $line"));
        terminal.Expect("ready");
        Assert.Contains("-icanon", Command.Output("sh", "-c", $"stty -a <{terminal.Path}"), StringComparison.Ordinal);
        terminal.Type("word\r");
        terminal.Expect("got word");
        Assert.Equal(0, terminal.Wait());
        Assert.DoesNotContain("-icanon", Command.Output("sh", "-c", $"stty -a <{terminal.Path}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Tty_RestoredAlso_WhenTheCommandFails()
    {
        using PseudoTerminal terminal = new(ExecCommand(["-it"], "missing-command"));
        Assert.Equal(127, terminal.Wait());
        Assert.DoesNotContain("-icanon", Command.Output("sh", "-c", $"stty -a <{terminal.Path}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Tty_CtrlC_ReachesTheForegroundProcess()
    {
        using PseudoTerminal terminal = new(ExecCommand(["-it"], "sh", "-c", "trap 'echo interrupted; exit 7' INT; echo ready; while :; do sleep 0.1; done"));
        terminal.Expect("ready");
        terminal.Type("\u0003");
        terminal.Expect("interrupted");
        Assert.Equal(7, terminal.Wait());
    }

    [Fact]
    public void Tty_CtrlC_WithoutT_EndsTheSandbox()
    {
        using PseudoTerminal terminal = new(ExecCommand(["-i"], "sh", "-c", "trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.1; done"));
        terminal.Expect("ready");
        terminal.Type("\u0003");
        terminal.Expect("interrupted");
        Assert.Equal(9, terminal.Wait());
    }

    [Fact]
    public void Tty_WithoutATerminal_SaysSo() => (ExecCommand(["-it"], "true") with { Stdin = "" }).Run().FailsWith(125, "TTY");

    [Fact]
    public void Tty_LastOutput_IsNotLost()
    {
        using PseudoTerminal terminal = new(ExecCommand(["-it"], "sh", "-c", "seq 1 2000; echo the end"));
        Assert.Equal(0, terminal.Wait());
        terminal.Expect("2000\r\nthe end\r\n");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("QUIT")]
    public void Signal_ToFastrun_IsForwarded(string signal)
    {
        using Process process = ExecCommand([], "sh", "-c", $"trap 'echo got; exit 11' {signal}; echo ready; while :; do sleep 0.05; done").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        _ = Command.Output("kill", "-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("got", process.StandardOutput.ReadLine());
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(11, process.ExitCode);
    }
}
