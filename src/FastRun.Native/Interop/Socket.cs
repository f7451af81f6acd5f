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
    internal const int SO_REUSEADDR = 2;
    internal const int SO_TYPE = 3;
    internal const int SO_ERROR = 4;
    internal const int SO_LINGER = 13;
    internal const int SO_ACCEPTCONN = 30;
    internal const int SO_SNDBUFFORCE = 32;
    internal const int SO_DOMAIN = 39;
    internal const int SCM_RIGHTS = 1;
    internal const int MSG_TRUNC = 0x20;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const int SHUT_WR = 1;
    internal const int SIOCOUTQ = 0x5411;
}

/// <summary>linux/in.h, linux/in6.h, linux/tcp.h and linux/splice.h as sockets of published ports need them.</summary>
internal static class Inet
{
    internal const int IPPROTO_IP = 0;
    internal const int IPPROTO_TCP = 6;
    internal const int IPPROTO_UDP = 17;
    internal const int IPPROTO_IPV6 = 41;
    internal const int IPPROTO_SCTP = 132;
    internal const int IP_PKTINFO = 8;
    internal const int IPV6_V6ONLY = 26;
    internal const int IPV6_RECVPKTINFO = 49;
    internal const int IPV6_PKTINFO = 50;
    internal const int TCP_NODELAY = 1;
    internal const int SPLICE_F_MOVE = 1;
    internal const int SPLICE_F_NONBLOCK = 2;
}

/// <summary>struct sockaddr_un.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct sockaddr_un
{
    internal const int PathLength = 108;

    internal ushort sun_family;
    internal fixed byte sun_path[PathLength];
}
