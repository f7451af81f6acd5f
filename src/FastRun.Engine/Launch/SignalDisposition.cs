using System;
using System.Globalization;
using System.Runtime.InteropServices;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch;

/// <summary>What a process does with a signal (proc_pid_status(5), SigBlk, SigIgn and SigCgt).</summary>
internal static class SignalDisposition
{
    /// <summary>CHLD, CONT, URG and WINCH do nothing by default; STOP, TSTP, TTIN and TTOU stop.</summary>
    private const ulong EndsNothing = (1UL << 16) | (1UL << 17) | (1UL << 18) | (1UL << 19) | (1UL << 20) | (1UL << 21)
        | (1UL << 22) | (1UL << 27);

    /// <summary>Whether the default action of the signal would end the process, which neither blocks, ignores nor handles it.</summary>
    internal static bool EndsUnhandled(int signal, int pid)
    {
        ulong bit = 1UL << (signal - 1);
        if ((EndsNothing & bit) != 0)
        {
            return false;
        }

        // Looked at twice: it may begin or end to wait for signals in between.
        return IsUnhandled(pid, bit) && !IsWaiting(Read(pid, "syscall")) && IsUnhandled(pid, bit);
    }

    /// <summary>
    /// Whether a process sleeps in rt_sigtimedwait(2), as sigwait(3) does, by its /proc/PID/syscall: the kernel shows what it waits for
    /// as not blocked meanwhile. Inits wait that way, ours too.
    /// </summary>
    internal static bool IsWaiting(ReadOnlySpan<byte> syscall)
    {
        int end = syscall.IndexOf((byte)' ');
        ReadOnlySpan<byte> number = end < 0 ? syscall : syscall[..end];
        return RuntimeInformation.OSArchitecture == Architecture.Arm64
            ? number.SequenceEqual("137"u8)
            : number.SequenceEqual("128"u8) || number.SequenceEqual("177"u8) || number.SequenceEqual("421"u8);
    }

    private static bool IsUnhandled(int pid, ulong bit) => Read(pid, "status") is { Length: > 0 } status && IsUnhandled(status, bit);

    private static byte[] Read(int pid, string file)
    {
        try
        {
            return FileContent.TryReadAll(null, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"), 65536) ?? [];
        }
        catch (SyscallException)
        {
            // It has ended, or the kernel does not tell.
            return [];
        }
    }

    /// <summary>
    /// Reads the masks of a status file. Each name is looked for behind a line's end, which the kernel escapes in the
    /// process's own name on the first line: that one is the sandbox's to choose.
    /// </summary>
    internal static bool IsUnhandled(ReadOnlySpan<byte> status, ulong bit) =>
        ((Mask(status, "\nSigBlk:"u8) | Mask(status, "\nSigIgn:"u8) | Mask(status, "\nSigCgt:"u8)) & bit) == 0;

    private static ulong Mask(ReadOnlySpan<byte> status, ReadOnlySpan<byte> name)
    {
        int at = status.IndexOf(name);
        return at < 0
            ? ulong.MaxValue
            : ulong.Parse(status.Slice(at + name.Length).TrimStart((byte)'\t')[..16], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
