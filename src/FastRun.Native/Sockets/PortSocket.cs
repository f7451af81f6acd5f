using System;
using System.Net;
using System.Net.Sockets;
using FastRun.Native.Interop;
using Socket = FastRun.Native.Interop.Socket;

namespace FastRun.Native.Sockets;

/// <summary>
/// Sockets that hold a port of this host, and what passes bytes on from them (tcp(7), splice(2)). All are close-on-exec, and none
/// blocks.
/// </summary>
public static unsafe class PortSocket
{
    private const int Backlog = 4096;

    /// <summary>
    /// Binds a socket of a protocol to an address and port: port 0 lets the kernel choose. One of TCP listens, one of UDP tells the
    /// address that a datagram came to, one of SCTP only holds the port. A socket of IPv6 is for IPv6 alone.
    /// </summary>
    /// <returns>The socket, or null with the reason: EADDRINUSE, EADDRNOTAVAIL, EACCES; EPROTONOSUPPORT or EAFNOSUPPORT of what the kernel lacks.</returns>
    public static Fd? TryBind(byte protocol, IPAddress address, int port, out Errno errno)
    {
        ArgumentNullException.ThrowIfNull(address);
        bool isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        int type = protocol == Inet.IPPROTO_UDP ? Socket.SOCK_DGRAM : Socket.SOCK_STREAM;
        SocketEndpoint local = new(address, port);
        nint result = Kernel.fast_syscall(
            Sys.socket, local.Family, type | Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK, protocol, 0, 0, 0);
        errno = result < 0 ? (Errno)(-result) : Errno.None;
        if (result < 0)
        {
            return null;
        }

        Fd socket = new((int)result);
        result = 0;
        if (isIPv6)
        {
            result = Set(socket, Inet.IPPROTO_IPV6, Inet.IPV6_V6ONLY, 1);
        }

        if (result >= 0)
        {
            // Connections of a former holder that are still being forgotten are in nobody's way.
            result = protocol == Inet.IPPROTO_UDP
                ? Set(socket, isIPv6 ? Inet.IPPROTO_IPV6 : Inet.IPPROTO_IP, isIPv6 ? Inet.IPV6_RECVPKTINFO : Inet.IP_PKTINFO, 1)
                : Set(socket, Socket.SOL_SOCKET, Socket.SO_REUSEADDR, 1);
        }

        if (result >= 0)
        {
            result = Kernel.fast_syscall(Sys.bind, socket.Number, (nint)local.Bytes, local.Length, 0, 0, 0);
        }

        if (result >= 0 && protocol == Inet.IPPROTO_TCP)
        {
            result = Kernel.fast_syscall(Sys.listen, socket.Number, Backlog, 0, 0, 0, 0);
        }

        if (result >= 0)
        {
            return socket;
        }

        socket.Dispose();
        errno = (Errno)(-result);
        return null;
    }

    /// <summary>The port that a socket is bound to.</summary>
    /// <exception cref="SyscallException">It is not a socket.</exception>
    public static int PortOf(Fd socket) => InternetSocket.LocalEndpoint(socket).Port;

    /// <summary>What is written is sent at once, however little it is.</summary>
    public static void SendAtOnce(Fd socket) => _ = Set(socket, Inet.IPPROTO_TCP, Inet.TCP_NODELAY, 1);

    /// <summary>Closing the socket tells the other side that the connection was broken off.</summary>
    public static void ResetOnClose(Fd socket)
    {
        // struct linger: on, no second to wait.
        int* linger = stackalloc int[2] { 1, 0 };
        _ = Kernel.fast_syscall(Sys.setsockopt, socket.Number, Socket.SOL_SOCKET, Socket.SO_LINGER, (nint)linger, 2 * sizeof(int), 0);
    }

    /// <summary>Says that nothing more is sent.</summary>
    public static void EndSending(Fd socket) => _ = Kernel.fast_syscall(Sys.shutdown, socket.Number, Socket.SHUT_WR, 0, 0, 0, 0);

    /// <summary>splice(2) between a socket and a pipe, without waiting.</summary>
    /// <returns>How many bytes, 0 at the end, or -errno: -EAGAIN where nothing can be moved now.</returns>
    public static int TrySplice(Fd from, Fd to, int most) => (int)Kernel.fast_syscall(
        Sys.splice, from.Number, 0, to.Number, 0, most, Inet.SPLICE_F_MOVE | Inet.SPLICE_F_NONBLOCK);

    private static nint Set(Fd socket, int level, int option, int value) =>
        Kernel.fast_syscall(Sys.setsockopt, socket.Number, level, option, (nint)(&value), sizeof(int), 0);
}
