using System;
using System.IO;
using System.Threading;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Tests.Filesystem;

namespace FastRun.Native.Tests.Launch;

public sealed class ChildProcessTests
{
    private const int SIGKILL = 9;

    [Fact]
    public void Launch_Command_ExecsAndGivesItsExitCode()
    {
        using LaunchTape tape = new();
        Shell(tape, "exit 42");

        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report);

        Assert.Equal(new ExitStatus(true, 42), child.Wait());
        Assert.False(report.Failed);
        Assert.True(child.Pid > 0);
    }

    [Fact]
    public void Launch_OpFails_ReportsItsPositionAndErrno()
    {
        using LaunchTape tape = new();
        tape.Umask(18);
        tape.Close(-1);
        tape.Exit(0);

        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report);

        Assert.Equal(new ExitStatus(true, 255), child.Wait());
        Assert.Equal(new ChildReport(1, Errno.EBADF), report);
    }

    [Fact]
    public void Launch_ToleratedError_GoesOn()
    {
        using LaunchTape tape = new();
        tape.Close(-1, tolerated: Errno.EBADF);
        tape.Add(Sys.close, -1, tolerated: Errno.ENOENT, alsoTolerated: Errno.EBADF);
        tape.Exit(5);

        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report);

        Assert.Equal(new ExitStatus(true, 5), child.Wait());
        Assert.Equal(new ChildReport(2, Errno.None), report);
    }

    /// <summary>The kernel answers EAGAIN to a scoped walk through ".." where anything is renamed meanwhile: openat2(2).</summary>
    [Fact]
    public void Launch_OpensThroughDotDot_WhileFilesAreRenamed_Succeed()
    {
        using TemporaryDirectory root = new();
        string deep = "a/../a/../a";
        Directory.CreateDirectory(Path.Combine(root.Path, "a"));
        using Fd directory = FileAt.OpenDirectory(null, root.Path);
        string name = Path.Combine(root.Path, "one");
        File.WriteAllText(name, "");
        bool isOver = false;
        Thread renames = new(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                File.Move(name, name + "x");
                File.Move(name + "x", name);
            }
        });
        renames.Start();
        try
        {
            for (int i = 0; i < 20; i++)
            {
                using LaunchTape tape = new();
                for (int j = 0; j < 50; j++)
                {
                    tape.Open(directory, deep, OpenHow.PathInRoot, tape.NewSlot());
                }

                tape.Exit(7);
                using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report);
                Assert.Equal(new ExitStatus(true, 7), child.Wait());
                Assert.False(report.Failed);
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            renames.Join();
        }
    }

    [Fact]
    public void Launch_OtherErrorThanTheTolerated_EndsTheWalk()
    {
        using LaunchTape tape = new();
        tape.Close(-1, tolerated: Errno.ENOENT);
        tape.Exit(0);

        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report);

        Assert.Equal(255, child.Wait().Code);
        Assert.Equal(new ChildReport(0, Errno.EBADF), report);
    }

    [Fact]
    public void Launch_NoCandidateExecs_EachLeavesItsErrno()
    {
        using LaunchTape tape = new();
        Slot missing = tape.NewSlot();
        Slot directory = tape.NewSlot();
        Slot below = tape.NewSlot();
        _ = tape.PointerArray(0, out nint none);
        tape.TryExecute("/nonexistent", none, none, missing);
        tape.TryExecute("/proc", none, none, directory);
        tape.TryExecute("/proc/version/x", none, none, below);
        tape.Exit(127);

        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report);

        Assert.Equal(new ExitStatus(true, 127), child.Wait());
        Assert.False(report.Failed);
        Assert.Equal(-(long)Errno.ENOENT, tape.ResultOf(missing));
        Assert.Equal(-(long)Errno.EACCES, tape.ResultOf(directory));
        Assert.Equal(-(long)Errno.ENOTDIR, tape.ResultOf(below));
    }

    [Theory]
    [InlineData(SIGKILL, 137)]
    [InlineData(15, 143)]
    public void Wait_ChildKilledBySignal_Is128PlusTheSignal(int signal, int code)
    {
        using LaunchTape tape = new();
        tape.ResetSignalActions();
        tape.UnblockSignals();
        Shell(tape, "kill -" + signal.ToString(System.Globalization.CultureInfo.InvariantCulture) + " $$");

        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out _);
        ExitStatus status = child.Wait();

        Assert.Equal(new ExitStatus(false, signal), status);
        Assert.Equal(code, status.Code);
        child.Signal(SIGKILL);
    }

    [Fact]
    public void Launch_UnknownCloneFlags_ThrowsAndKeepsTheSignalMask()
    {
        using LaunchTape tape = new();
        tape.Exit(0);
        string before = ThreadStatus("SigBlk");

        SyscallException e = Assert.Throws<SyscallException>(() => ChildProcess.Launch(tape, (CloneFlags)(1UL << 62), cgroup: null, out _));

        Assert.Equal(("clone3", Errno.EINVAL), (e.Syscall, e.Errno));
        Assert.Equal(before, ThreadStatus("SigBlk"));
    }

    [Fact]
    public void Launch_LeavesTheCallersSignalMask()
    {
        using LaunchTape tape = new();
        tape.Exit(0);
        string before = ThreadStatus("SigBlk");

        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out _);
        child.Wait();

        Assert.Equal(before, ThreadStatus("SigBlk"));
    }

    [Fact]
    public void ResetSignalActions_WhatTheRuntimeIgnores_IsAtItsDefaultInTheChild()
    {
        // The runtime ignores SIGPIPE, signal 13, whose bit is the 13th.
        Assert.NotEqual(0L, Convert.ToInt64(ThreadStatus("SigIgn"), 16) & 0x1000);
        string directory = Directory.CreateTempSubdirectory("fastrun-child-").FullName;
        try
        {
            string output = directory + "/status";
            using LaunchTape tape = new();
            tape.ResetSignalActions();
            tape.UnblockSignals();
            Shell(tape, "exec grep -E '^Sig(Ign|Blk)' /proc/self/status > " + output);

            using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out _);

            Assert.Equal(new ExitStatus(true, 0), child.Wait());
            Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", File.ReadAllText(output));
        }
        finally
        {
            TreeRemoval.Delete(null, directory);
        }
    }

    private static string ThreadStatus(string field)
    {
        foreach (string line in File.ReadLines("/proc/thread-self/status"))
        {
            if (line.StartsWith(field + ":\t", StringComparison.Ordinal))
            {
                return line[(field.Length + 2)..];
            }
        }

        throw new InvalidDataException(field);
    }

    private static void Shell(LaunchTape tape, string script)
    {
        Span<nint> argv = tape.PointerArray(3, out nint arguments);
        argv[0] = tape.Text("sh");
        argv[1] = tape.Text("-c");
        argv[2] = tape.Text(script);
        Span<nint> variables = tape.PointerArray(1, out nint environment);
        variables[0] = tape.Text("PATH=/usr/bin:/bin");
        tape.Add(Sys.execve, tape.Text("/bin/sh"), arguments, environment);
    }
}
