using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.Native.Launch;
using FastRun.Native.Tests.Filesystem;

namespace FastRun.Native.Tests.Launch;

/// <summary>fastrun-init as PID 1 of a pid namespace that unshare(1) makes.</summary>
[Trait("Category", "Root")]
public sealed class InitProgramTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _program;

    public InitProgramTests()
    {
        _program = Path.Combine(_directory.Path, "fastrun-init");
        File.WriteAllBytes(_program, InitProgram.Image);
        File.SetUnixFileMode(_program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -KILL $$", 137)]
    public void Run_CommandEnds_EndsWithItsStatus(string script, int expected) =>
        Assert.Equal((expected, "", ""), Run(["/bin/sh"], ["sh", "-c", script]));

    [Fact]
    public void Run_SeveralCandidates_TakesTheFirstThatExists() =>
        Assert.Equal((0, "arg\n", ""), Run(["/nowhere/echo", "/etc/passwd/echo", "/bin/echo"], ["echo", "arg"]));

    [Fact]
    public void Run_NoCandidateExists_Is127WithOneLine() =>
        Assert.Equal((127, "", "fastrun: tool: command not found\n"), Run(["/a/tool", "/b/tool"], ["tool", "x"]));

    [Fact]
    public void Run_OnlyForbiddenCandidates_Is126()
    {
        string plain = Path.Combine(_directory.Path, "plain");
        File.WriteAllText(plain, "text");
        Assert.Equal(
            (126, "", "fastrun: tool: cannot be executed: permission denied\n"), Run([plain, "/b/tool"], ["tool"]));
    }

    [Fact]
    public void Run_NotAProgram_Is126()
    {
        string text = Path.Combine(_directory.Path, "text");
        File.WriteAllText(text, "no shebang");
        File.SetUnixFileMode(text, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal((126, "", "fastrun: tool: cannot be executed: exec format error\n"), Run([text], ["tool"]));
    }

    [Fact]
    public void Run_EndlessName_IsCutToOneLine()
    {
        (int status, _, string errors) = Run(["/nowhere"], [new string('x', 5000)]);
        Assert.Equal(127, status);
        Assert.Equal(512, errors.Length);
        Assert.EndsWith("x\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Orphans_AreReaped()
    {
        // Ten grandchildren lose their parent and end; a reaped process leaves /proc of the namespace.
        const string script = """
            for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.05 &) ; done
            n=0
            until ! grep -qs '^State:.Z' /proc/[0-9]*/status && [ "$(ls -d /proc/[0-9]* 2>/dev/null | wc -l)" -le 4 ]; do
              sleep 0.05; n=$((n+1)); [ $n -lt 1200 ] || exit 1
            done
            """;
        Assert.Equal((0, "", ""), Run(["/bin/sh"], ["sh", "-c", script], "--mount-proc"));
    }

    [Fact]
    public void Run_Signal_IsPassedToTheCommand()
    {
        using Process process = Start(
            ["/bin/sh"], ["sh", "-c", "trap 'echo usr1' USR1; trap 'exit 9' TERM; echo up; while :; do sleep 0.02; done"]);
        Assert.Equal("up", process.StandardOutput.ReadLine());
        int init = Child(process.Id);
        Assert.Equal("fastrun-init", File.ReadAllText($"/proc/{init}/comm").Trim());
        Kill(init, "USR1");
        Assert.Equal("usr1", process.StandardOutput.ReadLine());
        Kill(init, "TERM");
        process.WaitForExit();
        Assert.Equal(9, process.ExitCode);
    }

    [Fact]
    public void Run_InheritedMask_IsGivenToTheCommand()
    {
        (int status, string output, _) = Run(["/bin/grep"], ["grep", "SigBlk", "/proc/self/status"]);
        Assert.Equal((0, "SigBlk:\t0000000000000000\n"), (status, output));
    }

    [Fact]
    public void Run_OnATerminal_TheCommandIsInTheForeground()
    {
        if (!File.Exists("/usr/bin/script"))
        {
            Assert.Skip("script(1) is not installed");
        }

        // "script" makes a session with a terminal; ps tells the terminal's foreground group.
        string command = $"unshare --pid --fork --mount-proc {_program} 1 /bin/sh sh -c 'ps -o pgid=,tpgid= -p $$'";
        (int status, string output, _) = Execute("script", ["-qec", command, "/dev/null"]);
        Assert.Equal(0, status);
        string[] groups = output.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, groups.Length);
        Assert.Equal(groups[0], groups[1]);
    }

    [Theory]
    [InlineData]
    [InlineData("0", "sh")]
    [InlineData("x", "/bin/sh", "sh")]
    [InlineData("9", "/bin/sh", "sh")]
    [InlineData("99999999999999999999999", "/bin/sh", "sh")]
    public void Run_WithoutCommand_Is125(params string[] arguments)
    {
        (int status, _, string errors) = Execute(_program, arguments);
        Assert.Equal((125, "fastrun: fastrun-init: called without a command\n"), (status, errors));
    }

    [Fact]
    public void OpenSealed_Always_CannotBeChanged()
    {
        using Fd file = InitProgram.OpenSealed();
        string path = $"/proc/self/fd/{file.Number}";
        Assert.Equal(InitProgram.Image.ToArray(), File.ReadAllBytes(path));
        Assert.Equal(
            Errno.EPERM,
            Assert.Throws<SyscallException>(() => Native.Filesystem.FileContent.Write(file, [1])).Errno);
    }

    [Fact]
    public void Image_Always_IsASmallStaticProgram()
    {
        Assert.Equal("\x7f"u8.ToArray().Concat("ELF"u8.ToArray()), InitProgram.Image[..4].ToArray());
        Assert.InRange(InitProgram.Image.Length, 500, 8192);
    }

    private (int Status, string Output, string Errors) Run(string[] candidates, string[] arguments, params string[] options) =>
        Execute("unshare", ["--pid", "--fork", .. options, _program, .. InitProgram.Arguments(candidates, arguments).Skip(1)]);

    private Process Start(string[] candidates, string[] arguments) =>
        Process.Start(Info("unshare", ["--pid", "--fork", _program, .. InitProgram.Arguments(candidates, arguments).Skip(1)]))!;

    private static (int Status, string Output, string Errors) Execute(string program, string[] arguments)
    {
        using Process process = Process.Start(Info(program, arguments))!;
        process.StandardInput.Close();
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static ProcessStartInfo Info(string program, string[] arguments) => new(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static int Child(int parent) => int.Parse(
        File.ReadAllText($"/proc/{parent}/task/{parent}/children").Trim(), System.Globalization.CultureInfo.InvariantCulture);

    private static void Kill(int process, string signal) => Execute("kill", ["-" + signal, $"{process}"]);
}
