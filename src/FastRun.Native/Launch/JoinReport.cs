using System;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Native.Launch;

/// <summary>
/// A pipe on which fastrun-init tells how a process came to join a container: pairs of ints, a word and a number (init.c). The
/// container could write there what it likes, between its process's beginning and its execve: what is read is a number of a
/// process, of which only an own child is taken, or of an error.
/// </summary>
public sealed class JoinReport : IDisposable
{
    private const int Joined = 1;
    private const int NotForked = 2;
    private const int NotExecuted = 3;

    private readonly Fd _read;

    /// <summary>Makes it.</summary>
    /// <exception cref="SyscallException">There is no descriptor left.</exception>
    public JoinReport()
    {
        Pipe.Open(out Fd read, out Fd write, nonBlockingRead: true);
        (_read, Writer) = (read, write);
    }

    /// <summary>The end for the init; to be disposed of once that has it.</summary>
    public Fd Writer { get; }

    /// <summary>Why the init could not make a process; None where it could.</summary>
    public Errno ForkError { get; private set; }

    /// <summary>Why the process could not become the command; None where that is not known.</summary>
    public Errno ExecuteError { get; private set; }

    /// <summary>The number of the process; 0 where that is not known.</summary>
    public int Pid { get; private set; }

    /// <summary>Waits until there is a process, or none can be expected any more.</summary>
    public void WaitForProcess()
    {
        using PollSet poll = new();
        poll.Add(_read.Number, PollEvents.Readable);
        while (Read() && Pid == 0 && ForkError == Errno.None)
        {
            poll.Wait();
        }
    }

    /// <summary>Waits until the process is the command, or has told why not.</summary>
    public void WaitForCommand()
    {
        using PollSet poll = new();
        poll.Add(_read.Number, PollEvents.Readable);
        while (Read() && ExecuteError == Errno.None)
        {
            poll.Wait();
        }
    }

    /// <summary>Reads what is there; false at its end.</summary>
    public bool Read()
    {
        Span<byte> pair = stackalloc byte[2 * sizeof(int)];
        while (true)
        {
            int read = Pipe.TryRead(_read, pair);
            if (read != pair.Length)
            {
                return read is -(int)Errno.EAGAIN or -(int)Errno.EINTR;
            }

            int number = BitConverter.ToInt32(pair[sizeof(int)..]);
            switch (BitConverter.ToInt32(pair))
            {
                case Joined when Pid == 0:
                    Pid = number;
                    break;
                case NotForked:
                    ForkError = (Errno)number;
                    break;
                case NotExecuted:
                    ExecuteError = (Errno)number;
                    break;
                default:
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Writer.Dispose();
        _read.Dispose();
    }
}
