using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>A terminal that does not show what is typed, but for the end of the line (termios(3): ECHO off, ECHONL on). Disposing it gives the terminal back as it was.</summary>
public sealed class HiddenInput : IDisposable
{
    private readonly int _descriptor;
    private readonly struct_termios _before;

    private HiddenInput(int descriptor, in struct_termios before)
    {
        _descriptor = descriptor;
        _before = before;
    }

    /// <summary>Stops showing what is typed.</summary>
    /// <returns>Null where the descriptor is no terminal.</returns>
    /// <exception cref="SyscallException">The terminal refuses.</exception>
    public static HiddenInput? Enter(int descriptor)
    {
        if (!Terminal.TryGetAttributes(descriptor, out struct_termios before))
        {
            return null;
        }

        struct_termios hidden = before;
        hidden.c_lflag = (hidden.c_lflag & ~Tty.ECHO) | Tty.ECHONL;
        SyscallException.Check(Terminal.SetAttributes(descriptor, hidden), "ioctl", "TCSETSW");
        return new HiddenInput(descriptor, before);
    }

    /// <summary>Gives the terminal back; one that is gone is no error.</summary>
    public void Dispose() => Terminal.SetAttributes(_descriptor, _before);
}
