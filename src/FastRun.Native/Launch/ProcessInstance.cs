using System;
using System.Buffers.Text;
using System.Globalization;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>
/// One process and no later one of its number: the pid with the time of its start (proc_pid_stat(5), field 22), which can be
/// written down and looked up by another process of the same boot.
/// </summary>
/// <param name="Pid">The process id in the caller's namespace.</param>
/// <param name="StartTime">When it started, in clock ticks since the boot.</param>
public readonly record struct ProcessInstance(int Pid, long StartTime)
{
    private const int StartTimeField = 22;

    /// <summary>This process.</summary>
    public static ProcessInstance Current => Of(Environment.ProcessId);

    /// <summary>Whether it runs still. A zombie does not.</summary>
    public bool IsAlive() => Pid > 0 && TryRead(Pid, out long start, out byte state) && start == StartTime && state != (byte)'Z' && state != (byte)'X';

    /// <summary>The process of a number as of now; its start time is 0 where there is none.</summary>
    public static ProcessInstance Of(int pid) => new(pid, TryRead(pid, out long start, out _) ? start : 0);

    /// <summary>A pidfd of it; null where it has ended.</summary>
    /// <exception cref="SyscallException">There is no descriptor left.</exception>
    public Fd? TryOpen()
    {
        nint result = Pid > 0 ? Kernel.fast_syscall(Sys.pidfd_open, Pid, 0, 0, 0, 0, 0) : -(int)Errno.ESRCH;
        if (result == -(int)Errno.ESRCH)
        {
            return null;
        }

        // The number may have gone to another process before the descriptor held it, but not after.
        Fd descriptor = Fd.FromResult(result, "pidfd_open");
        if (IsAlive())
        {
            return descriptor;
        }

        descriptor.Dispose();
        return null;
    }

    /// <summary>pidfd_send_signal(2); false where the process has ended.</summary>
    /// <exception cref="SyscallException">It may not be signalled.</exception>
    public static bool TrySignal(Fd descriptor, int signal)
    {
        nint result = Kernel.fast_syscall(Sys.pidfd_send_signal, descriptor.Number, signal, 0, 0, 0, 0);
        return result != -(int)Errno.ESRCH && SyscallException.Check(result, "pidfd_send_signal") == 0;
    }

    private static bool TryRead(int pid, out long startTime, out byte state)
    {
        (startTime, state) = (0, 0);
        byte[]? bytes;
        try
        {
            bytes = FileContent.TryReadAll(null, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"), 4096);
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ESRCH)
        {
            return false;
        }

        if (bytes is null)
        {
            return false;
        }

        // The second field is the process's own name in parentheses: whatever it holds, the last one closes it.
        ReadOnlySpan<byte> rest = bytes.AsSpan(bytes.AsSpan().LastIndexOf((byte)')') + 1).TrimStart((byte)' ');
        state = rest.IsEmpty ? (byte)0 : rest[0];
        for (int field = 3; field < StartTimeField; field++)
        {
            rest = rest[(rest.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(rest, out startTime, out _);
    }
}
