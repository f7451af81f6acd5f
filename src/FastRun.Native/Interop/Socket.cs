using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>sys/socket.h and sys/un.h.</summary>
internal static class Socket
{
    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal const int AF_BRIDGE = 7;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_SOCKET = 1;
    internal const int SO_ERROR = 4;
    internal const int SO_SNDBUFFORCE = 32;
    internal const int SCM_RIGHTS = 1;
    internal const int MSG_TRUNC = 0x20;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const int SHUT_WR = 1;
}

/// <summary>struct sockaddr_un.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct sockaddr_un
{
    internal const int PathLength = 108;

    internal ushort sun_family;
    internal fixed byte sun_path[PathLength];
}
