using System;
using System.Buffers;
using System.Collections;
using System.Collections.Generic;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;
using FastRun.Native.Terminals;

namespace FastRun.Native.Launch;

/// <summary>
/// Runs a program of the host to its end, without a shell: bytes in, bounded bytes out, a bounded time. It has the caller's
/// environment, working directory and standard error, and dies with the caller, unless it is given surroundings of its own.
/// </summary>
public static unsafe class ProgramRun
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int SIGKILL = 9;
    private const int O_CLOEXEC = 0x80000;

    /// <summary>Runs a program. What it leaves running is not waited for.</summary>
    /// <param name="path">The program's file.</param>
    /// <param name="arguments">What follows its name.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="limit">The most that it may print.</param>
    /// <param name="milliseconds">How long it may take.</param>
    /// <param name="surroundings">What it has of its own; null for the caller's.</param>
    /// <exception cref="SyscallException">
    /// execve(2) failed; or it was killed because it printed more (read, EFBIG) or took longer (ppoll, ETIMEDOUT).
    /// </exception>
    public static ProgramOutput Run(
        string path,
        IReadOnlyList<string> arguments,
        ReadOnlySpan<byte> input,
        int limit,
        int milliseconds,
        ProgramSurroundings? surroundings = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        using Fd source = OpenMemory(input);
        int* ends = stackalloc int[2];
        SyscallException.Check(Kernel.fast_syscall(Sys.pipe2, (nint)ends, O_CLOEXEC, 0, 0, 0, 0), "pipe2");
        using Fd read = new(ends[0]);
        using Fd write = new(ends[1]);
        using LaunchTape tape = new();
        if (surroundings is null)
        {
            tape.Prctl(PR_SET_PDEATHSIG, SIGKILL);
        }
        else
        {
            tape.NewSession();
            tape.ChangeDirectory("/");
        }

        // This process's own may be clear, and what the program makes is then everybody's to write.
        if ((surroundings?.Umask ?? FileCreationMask.Callers) is var mask and not 0)
        {
            tape.Umask(mask);
        }

        tape.Duplicate(source, 0);
        tape.Duplicate(write, 1);
        tape.CloseOnExecFrom(3);
        if (surroundings?.Kept is { } kept)
        {
            tape.KeepOnExec(kept);
        }

        tape.ResetSignalActions();
        tape.UnblockSignals();
        Slot executed = tape.NewSlot();
        tape.TryExecute(
            path, tape.TextArray([path, .. arguments]), tape.TextArray(surroundings?.Environment ?? CallersEnvironment()), executed);
        tape.Exit(127);

        using ChildProcess child = ChildProcess.Launch(tape, Namespaces.CloneFlags.None, cgroup: null, out ChildReport report);
        write.Dispose();
        bool ended = false;
        try
        {
            if (report.Failed)
            {
                throw new SyscallException("launch", report.Error, path);
            }

            if (tape.ResultOf(executed) is < 0 and long errno)
            {
                throw new SyscallException("execve", (Errno)(-errno), path);
            }

            byte[] output = ReadToEnd(read, child, limit, Environment.TickCount64 + milliseconds, path);
            ended = true;
            return new ProgramOutput(child.Wait(), output);
        }
        finally
        {
            if (!ended)
            {
                if (surroundings is not null && child.Pid > 0)
                {
                    // Those that it has started too.
                    Kernel.fast_syscall(Sys.kill, -child.Pid, SIGKILL, 0, 0, 0, 0);
                }

                child.Signal(SIGKILL);
                child.Wait();
            }
        }
    }

    /// <summary>The variables of this process, <c>NAME=value</c>.</summary>
    public static IReadOnlyList<string> CallersEnvironment()
    {
        List<string> variables = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }

        return variables;
    }

    /// <summary>Reads until the program has ended and nothing more is there: another process may keep the pipe open.</summary>
    private static byte[] ReadToEnd(Fd read, ChildProcess child, int limit, long deadline, string path)
    {
        using PollSet poll = new();
        int output = poll.Add(read.Number, PollEvents.Readable);
        int process = poll.Add(child.PidFd.Number, PollEvents.Readable);
        ArrayBufferWriter<byte> text = new();
        bool ended = false;
        while (true)
        {
            long left = ended ? 0 : deadline - Environment.TickCount64;
            bool any = poll.Wait(Math.Max(left, 0));
            if (any && poll.Ready(output) != PollEvents.None)
            {
                int count = FileContent.Read(read, text.GetSpan(4096));
                text.Advance(count);
                if (text.WrittenCount > limit)
                {
                    throw new SyscallException("read", Errno.EFBIG, path);
                }

                if (count == 0)
                {
                    poll.SetInterest(output, PollEvents.None);
                }
            }
            else if (ended)
            {
                return text.WrittenSpan.ToArray();
            }
            else if (any && poll.Ready(process) != PollEvents.None)
            {
                poll.SetInterest(process, PollEvents.None);
                ended = true;
            }
            else if (left <= 0)
            {
                throw new SyscallException("ppoll", Errno.ETIMEDOUT, path);
            }
        }
    }

    /// <summary>The bytes as a file that only this process and its child can see, so that a child that does not read stops nobody.</summary>
    private static Fd OpenMemory(ReadOnlySpan<byte> content)
    {
        using CString name = new("input", stackalloc byte[64]);
        Fd file = Fd.FromResult(
            Kernel.fast_syscall(Sys.memfd_create, name.Address, Memfd.MFD_CLOEXEC, 0, 0, 0, 0), "memfd_create");
        FileContent.Write(file, content);
        FileContent.Seek(file, 0);
        return file;
    }
}
