using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary><c>struct pollfd</c> of <c>asm-generic/poll.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct struct_pollfd
{
    internal const short POLLIN = 1;
    internal const short POLLPRI = 2;
    internal const short POLLOUT = 4;
    internal const short POLLERR = 8;
    internal const short POLLHUP = 0x10;

    internal int fd;
    internal short events;
    internal short revents;
}
