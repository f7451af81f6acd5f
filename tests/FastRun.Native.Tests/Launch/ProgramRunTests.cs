using System;
using System.IO;
using System.Text;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Tests.Filesystem;

namespace FastRun.Native.Tests.Launch;

public sealed class ProgramRunTests
{
    private const int Patience = 120_000;

    [Fact]
    public void Run_Command_GetsInputAndGivesOutputAndStatus()
    {
        ProgramOutput output = ProgramRun.Run(
            "/bin/sh", ["-c", "cat; printf ' %s' \"$@\"; exit 3", "sh", "a b", "$HOME"], "in"u8, 100, Patience);

        Assert.Equal("in a b $HOME", Encoding.UTF8.GetString(output.Output.Span));
        Assert.Equal(new ExitStatus(true, 3), output.Status);
    }

    [Fact]
    public void Run_Command_InheritsTheEnvironmentAndNoDescriptor()
    {
        ProgramOutput output = ProgramRun.Run(
            "/bin/sh", ["-c", "printf '%s ' \"$PATH\"; echo /proc/self/fd/*"], default, 10_000, Patience);

        Assert.Equal(
            Environment.GetEnvironmentVariable("PATH") + " /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n",
            Encoding.UTF8.GetString(output.Output.Span));
    }

    [Fact]
    public void Run_WithSurroundings_HasThemAndNothingElse()
    {
        using Fd kept = FileAt.Open(null, "/dev/null", OpenFlags.Read);
        ProgramOutput output = ProgramRun.Run(
            "/bin/sh", ["-c", "env -u PWD -u OLDPWD -u SHLVL -u _ | sort; pwd; test -e /proc/self/fd/$N && echo kept"], default, 10_000, Patience,
            new ProgramSurroundings(["A=1", "PATH=/usr/bin:/bin", $"N={kept.Number}"], kept));

        Assert.Equal($"A=1\nN={kept.Number}\nPATH=/usr/bin:/bin\n/\nkept\n", Encoding.UTF8.GetString(output.Output.Span));
    }

    [Fact]
    public void Run_WithAUmask_HasItAndThisProcessKeepsItsOwn()
    {
        string before = Status();
        ProgramOutput output = ProgramRun.Run(
            "/bin/sh", ["-c", "umask"], default, 100, Patience, new ProgramSurroundings(["PATH=/usr/bin:/bin"], null) { Umask = 0b_000_111_011 });

        Assert.Equal("0073\n", Encoding.UTF8.GetString(output.Output.Span));
        Assert.Equal(before, Status());

        static string Status() => Array.Find(File.ReadAllLines("/proc/self/status"), static line => line.StartsWith("Umask:", StringComparison.Ordinal))!;
    }

    [Fact]
    public void Run_WithSurroundings_TakesTooLong_IsKilledWithWhatItStarted()
    {
        using TemporaryDirectory root = new();
        string pid = Path.Combine(root.Path, "pid");
        SyscallException exception = Assert.Throws<SyscallException>(() => ProgramRun.Run(
            "/bin/sh", ["-c", $"sleep 3600 & echo $! > {pid}; wait"], default, 100, 5_000, new ProgramSurroundings(["PATH=/usr/bin:/bin"], null)));

        Assert.Equal(Errno.ETIMEDOUT, exception.Errno);
        string started = File.ReadAllText(pid).Trim();
        Assert.True(System.Threading.SpinWait.SpinUntil(() => HasEnded(started), 60_000));

        // Nobody may have reaped it: then it has no command line any more.
        static bool HasEnded(string process)
        {
            try
            {
                return File.ReadAllText($"/proc/{process}/cmdline").Length == 0;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    [Fact]
    public void Run_OutputOfExactlyTheLimit_IsWhole()
    {
        ProgramOutput output = ProgramRun.Run("/bin/sh", ["-c", "head -c 300000 /dev/zero"], default, 300_000, Patience);

        Assert.Equal(300_000, output.Output.Length);
    }

    [Fact]
    public void Run_EndlessOutput_IsKilledWithEfbig()
    {
        SyscallException thrown = Assert.Throws<SyscallException>(
            () => ProgramRun.Run("/bin/cat", ["/dev/zero"], default, 300_000, Patience));

        Assert.Equal(Errno.EFBIG, thrown.Errno);
    }

    [Fact]
    public void Run_BeyondItsTime_IsKilledWithEtimedout()
    {
        using TemporaryDirectory root = new();
        string pid = Path.Combine(root.Path, "pid");

        SyscallException thrown = Assert.Throws<SyscallException>(
            () => ProgramRun.Run("/bin/sh", ["-c", $"exec <&- >&-; echo $$ >{pid}; exec sleep 1000"], default, 10, 3000));

        Assert.Equal(Errno.ETIMEDOUT, thrown.Errno);
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(pid).Trim()));
    }

    [Fact]
    public void Run_NoSuchProgram_GivesEnoent()
    {
        SyscallException thrown = Assert.Throws<SyscallException>(
            () => ProgramRun.Run("/no/such/program", [], default, 10, Patience));

        Assert.Equal(Errno.ENOENT, thrown.Errno);
        Assert.Equal("execve", thrown.Syscall);
    }
}
