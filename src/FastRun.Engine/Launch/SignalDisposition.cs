using System;
using System.Globalization;
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

        byte[]? status = FileContent.TryReadAll(
            null, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"), 65536);
        return status is not null && IsUnhandled(status, bit);
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
