using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Tests.Filesystem;

namespace FastRun.Native.Tests.Launch;

/// <summary>fastrun-init where it makes the command its parent's child and ends; without the namespaces.</summary>
[Trait("Category", "Root")]
public sealed class JoiningInitTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(new[] { "/bin/sh" }, 7, Errno.None)]
    [InlineData(new[] { "/nowhere/sh", "/etc/passwd/sh", "/bin/sh" }, 7, Errno.None)]
    [InlineData(new[] { "/nowhere/sh", "/etc/passwd/sh" }, 127, Errno.ENOENT)]
    [InlineData(new[] { "/etc/passwd", "/nowhere/sh" }, 126, Errno.EACCES)]
    public void Join_TheCommandIsOurChildAndTellsWhatFailed(string[] candidates, int code, Errno error)
    {
        using JoinReport report = new();
        using ChildProcess process = Join(report, diesWithParent: false, candidates, "sh", "-c", "exit 7");
        report.WaitForCommand();

        Assert.Equal(code, process.Wait().Code);
        Assert.Equal(error, report.ExecuteError);
    }

    [Fact]
    public void Join_TheCommand_HasASessionOfItsOwn()
    {
        string path = Path.Combine(_directory.Path, "seen");
        using JoinReport report = new();
        using ChildProcess process = Join(
            report, diesWithParent: false, ["/bin/sh"], "sh", "-c", $"cut -d' ' -f6 /proc/$$/stat > {path}");
        Assert.Equal(0, process.Wait().Code);
        Assert.Equal(process.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), File.ReadAllText(path).Trim());

        // Its reading end is at its end, for nobody has the other one.
        Assert.False(report.Read());
    }

    [Fact]
    public void Adopt_OfAProcessThatIsNotOurChild_IsRefused()
    {
        SyscallException exception = Assert.Throws<SyscallException>(() => ChildProcess.Adopt(1));
        Assert.Equal(Errno.ECHILD, exception.Errno);
        Assert.Equal(Errno.ESRCH, Assert.Throws<SyscallException>(() => ChildProcess.Adopt(1 << 30)).Errno);
    }

    private static ChildProcess Join(
        JoinReport report, bool diesWithParent, IReadOnlyList<string> candidates, params IReadOnlyList<string> arguments)
    {
        using Fd init = InitProgram.OpenSealed();
        using LaunchTape tape = new();
        tape.NewSession();
        tape.CloseOnExecFrom(3);
        tape.KeepOnExec(report.Writer);
        tape.ResetSignalActions();
        tape.UnblockSignals();
        tape.Execute(init, Vector(tape, InitProgram.JoiningArguments(report.Writer, terminal: false, diesWithParent, candidates, arguments)), Vector(tape, ["PATH=/bin:/usr/bin"]));
        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport launched);
        Assert.False(launched.Failed);
        report.Writer.Dispose();
        report.WaitForProcess();
        Assert.Equal(0, child.Wait().Code);
        return ChildProcess.Adopt(report.Pid);
    }

    private static nint Vector(LaunchTape tape, IReadOnlyList<string> texts)
    {
        Span<nint> vector = tape.PointerArray(texts.Count, out nint address);
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = tape.Text(texts[i]);
        }

        return address;
    }
}
