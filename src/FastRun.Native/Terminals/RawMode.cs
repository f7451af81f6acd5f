using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>
/// A terminal in raw mode (termios(3), cfmakeraw): each key goes to the reader as it is. Disposing it gives the terminal
/// back as it was.
/// </summary>
public sealed unsafe class RawMode : IDisposable
{
    private readonly int _descriptor;
    private readonly struct_termios _before;
    private bool _restored;

    private RawMode(int descriptor, in struct_termios before)
    {
        _descriptor = descriptor;
        _before = before;
    }

    /// <summary>Puts a terminal into raw mode.</summary>
    /// <returns>Null where the descriptor is no terminal.</returns>
    /// <exception cref="SyscallException">The terminal refuses.</exception>
    public static RawMode? Enter(int descriptor)
    {
        if (!Terminal.TryGetAttributes(descriptor, out struct_termios before))
        {
            return null;
        }

        RawMode mode = new(descriptor, before);
        mode.Apply();
        return mode;
    }

    /// <summary>Enters raw mode again after <see cref="Restore"/>, for a command that was stopped and goes on.</summary>
    /// <exception cref="SyscallException">The terminal refuses.</exception>
    public void Apply()
    {
        SyscallException.Check(Terminal.SetAttributes(_descriptor, MakeRaw(_before)), "ioctl", "TCSETSW");
        _restored = false;
    }

    /// <summary>Gives the terminal back as it was. A terminal that is gone is no error.</summary>
    public void Restore()
    {
        if (!_restored)
        {
            _restored = true;
            Terminal.SetAttributes(_descriptor, _before);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Restore();

    /// <summary>What cfmakeraw(3) makes of a mode.</summary>
    internal static struct_termios MakeRaw(struct_termios mode)
    {
        mode.c_iflag &= ~(Tty.IGNBRK | Tty.BRKINT | Tty.PARMRK | Tty.ISTRIP | Tty.INLCR | Tty.IGNCR | Tty.ICRNL | Tty.IXON);
        mode.c_oflag &= ~Tty.OPOST;
        mode.c_lflag &= ~(Tty.ECHO | Tty.ECHONL | Tty.ICANON | Tty.ISIG | Tty.IEXTEN);
        mode.c_cflag = (mode.c_cflag & ~(Tty.CSIZE | Tty.PARENB)) | Tty.CS8;
        mode.c_cc[Tty.VMIN] = 1;
        mode.c_cc[Tty.VTIME] = 0;
        return mode;
    }
}
