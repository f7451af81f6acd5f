using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>Questions to, and settings of, the terminal behind a descriptor that others may own too (ioctl_tty(2)).</summary>
public static unsafe class Terminal
{
    private const int SIG_BLOCK = 0;
    private const int SIG_SETMASK = 2;
    private const int SIGTTOU = 22;

    /// <summary>Whether the descriptor is a terminal.</summary>
    public static bool IsTerminal(int descriptor) => TryGetAttributes(descriptor, out _);

    /// <summary>The terminal's size.</summary>
    /// <returns>False where the descriptor is no terminal.</returns>
    public static bool TryGetSize(int descriptor, out WindowSize size)
    {
        struct_winsize raw = default;
        bool found = Kernel.fast_syscall(Sys.ioctl, descriptor, (nint)Tty.TIOCGWINSZ, (nint)(&raw), 0, 0, 0) == 0;
        size = new WindowSize(raw.ws_row, raw.ws_col);
        return found;
    }

    /// <summary>Changes the terminal's size; its foreground processes get SIGWINCH.</summary>
    /// <exception cref="SyscallException">It is no terminal.</exception>
    public static void SetSize(int descriptor, WindowSize size)
    {
        struct_winsize raw = new() { ws_row = size.Rows, ws_col = size.Columns };
        SyscallException.Check(
            Kernel.fast_syscall(Sys.ioctl, descriptor, (nint)Tty.TIOCSWINSZ, (nint)(&raw), 0, 0, 0), "ioctl", "TIOCSWINSZ");
    }

    /// <summary>Gives one terminal the size of another; nothing happens where the other is no terminal.</summary>
    public static void CopySize(int from, int to)
    {
        if (TryGetSize(from, out WindowSize size))
        {
            SetSize(to, size);
        }
    }

    internal static bool TryGetAttributes(int descriptor, out struct_termios attributes)
    {
        fixed (struct_termios* at = &attributes)
        {
            *at = default;
            return Kernel.fast_syscall(Sys.ioctl, descriptor, (nint)Tty.TCGETS, (nint)at, 0, 0, 0) == 0;
        }
    }

    /// <summary>
    /// Sets the attributes once what was written has left. SIGTTOU is blocked meanwhile: a command that is no longer in the
    /// foreground would be stopped instead of restoring the terminal.
    /// </summary>
    internal static nint SetAttributes(int descriptor, struct_termios attributes)
    {
        ulong block = 1UL << (SIGTTOU - 1);
        ulong before = 0;
        Kernel.fast_syscall(Sys.rt_sigprocmask, SIG_BLOCK, (nint)(&block), (nint)(&before), sizeof(ulong), 0, 0);
        nint result;
        do
        {
            result = Kernel.syscall(Sys.ioctl, descriptor, (nint)Tty.TCSETSW, (nint)(&attributes), 0, 0, 0);
        }
        while (result == -(int)Errno.EINTR);

        Kernel.fast_syscall(Sys.rt_sigprocmask, SIG_SETMASK, (nint)(&before), 0, sizeof(ulong), 0, 0);
        return result;
    }
}
