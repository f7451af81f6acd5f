using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>Constants of <c>asm-generic/ioctls.h</c> and <c>asm-generic/termbits.h</c>.</summary>
internal static class Tty
{
    internal const uint TCGETS = 0x5401;
    internal const uint TCSETS = 0x5402;
    internal const uint TCSETSW = 0x5403;
    internal const uint TIOCSCTTY = 0x540E;
    internal const uint TIOCGWINSZ = 0x5413;
    internal const uint TIOCSWINSZ = 0x5414;
    internal const uint TIOCGPTPEER = 0x5441;
    internal const uint TIOCGPTN = 0x80045430;
    /// <summary>linux/magic.h.</summary>
    internal const long DEVPTS_SUPER_MAGIC = 0x1cd1;

    internal const uint TIOCSPTLCK = 0x40045431;

    internal const uint IGNBRK = 0x1;
    internal const uint BRKINT = 0x2;
    internal const uint PARMRK = 0x8;
    internal const uint ISTRIP = 0x20;
    internal const uint INLCR = 0x40;
    internal const uint IGNCR = 0x80;
    internal const uint ICRNL = 0x100;
    internal const uint IXON = 0x400;
    internal const uint OPOST = 0x1;
    internal const uint CSIZE = 0x30;
    internal const uint CS8 = 0x30;
    internal const uint PARENB = 0x100;
    internal const uint ISIG = 0x1;
    internal const uint ICANON = 0x2;
    internal const uint ECHO = 0x8;
    internal const uint ECHONL = 0x40;
    internal const uint IEXTEN = 0x8000;

    internal const int VEOF = 4;
    internal const int VTIME = 5;
    internal const int VMIN = 6;
}

/// <summary>The kernel's <c>struct termios</c> of <c>asm-generic/termbits.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 36)]
internal unsafe struct struct_termios
{
    internal uint c_iflag;
    internal uint c_oflag;
    internal uint c_cflag;
    internal uint c_lflag;
    internal byte c_line;
    internal fixed byte c_cc[19];
}

/// <summary><c>struct winsize</c> of <c>asm-generic/termios.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct struct_winsize
{
    internal ushort ws_row;
    internal ushort ws_col;
    internal ushort ws_xpixel;
    internal ushort ws_ypixel;
}
