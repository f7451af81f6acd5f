using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>Signals of this process as something to poll. There is one for a process, as there is one set of handlers.</summary>
public sealed unsafe class SignalRelay : IDisposable
{
    private readonly Fd _read;
    private readonly int _write;
    private readonly int[] _signals;

    private SignalRelay(Fd read, int write, ReadOnlySpan<int> signals) =>
        (_read, _write, _signals) = (read, write, signals.ToArray());

    /// <summary>Readable while signals wait.</summary>
    public Fd Descriptor => _read;

    /// <summary>Takes over the signals, but for those that are ignored; they keep to it until the process ends.</summary>
    /// <exception cref="SyscallException">There is no descriptor left for the pipe.</exception>
    public static SignalRelay Start(ReadOnlySpan<int> signals)
    {
        const int O_CLOEXEC = 0x80000;
        const int O_NONBLOCK = 0x800;
        int* ends = stackalloc int[2];
        SyscallException.Check(
            Kernel.fast_syscall(Sys.pipe2, (nint)ends, O_CLOEXEC | O_NONBLOCK, 0, 0, 0, 0), "pipe2");
        SignalRelay relay = new(new Fd(ends[0]), ends[1], signals);
        fixed (int* numbers = signals)
        {
            Kernel.relay_signals(ends[1], numbers, signals.Length);
        }

        return relay;
    }

    /// <summary>The next signal, or false when none waits.</summary>
    public bool TryRead(out int signal)
    {
        byte number = 0;
        bool any = Kernel.fast_syscall(Sys.read, _read.Number, (nint)(&number), 1, 0, 0, 0) == 1;
        signal = number;
        return any;
    }

    /// <summary>
    /// Gives the signals back what they do by default. One that came before can still be read; no later one comes here.
    /// </summary>
    public void Release()
    {
        fixed (int* numbers = _signals)
        {
            Kernel.release_signals(numbers, _signals.Length);
        }
    }

    /// <summary>Makes <see cref="TryRead"/> give signal 0, behind those that came before.</summary>
    public void Wake()
    {
        byte none = 0;
        Kernel.fast_syscall(Sys.write, _write, (nint)(&none), 1, 0, 0, 0);
    }

    /// <summary>Closes the reading end. The writing one stays for the handlers, which cannot be told.</summary>
    public void Dispose() => _read.Dispose();
}
