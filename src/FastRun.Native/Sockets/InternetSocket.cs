using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Sockets;

/// <summary>
/// UDP and TCP sockets (udp(7), tcp(7)) for a single-threaded loop: all are close-on-exec and none blocks. A socket belongs to
/// the network namespace that the calling thread was in when it was made, wherever it is used.
/// </summary>
public static unsafe class InternetSocket
{
    /// <summary>A UDP socket with an address of its own; port 0 lets the kernel choose.</summary>
    /// <exception cref="SyscallException">EADDRINUSE where the port is taken, EADDRNOTAVAIL where the address is not this host's.</exception>
    public static Fd BindDatagram(in SocketEndpoint local) => Bind(Socket.SOCK_DGRAM, local);

    /// <summary>A TCP socket that listens; port 0 lets the kernel choose.</summary>
    /// <exception cref="SyscallException">As for <see cref="BindDatagram"/>.</exception>
    public static Fd Listen(in SocketEndpoint local, int backlog)
    {
        Fd socket = Bind(Socket.SOCK_STREAM, local);
        nint result = Kernel.fast_syscall(Sys.listen, socket.Number, backlog, 0, 0, 0, 0);
        if (result == 0)
        {
            return socket;
        }

        socket.Dispose();
        throw new SyscallException("listen", (Errno)(-result));
    }

    /// <summary>A UDP socket that receives only what comes from that address, from a port that the kernel chose at random.</summary>
    /// <returns>The socket, or null with the reason: ENETUNREACH where there is no way to it.</returns>
    public static Fd? TryConnectDatagram(in SocketEndpoint remote, out Errno errno) =>
        TryConnect(Socket.SOCK_DGRAM, remote, out errno);

    /// <summary>A TCP socket that is being connected: writable once that is decided, and <see cref="PendingError"/> says how.</summary>
    public static Fd? TryConnectStream(in SocketEndpoint remote, out Errno errno) =>
        TryConnect(Socket.SOCK_STREAM, remote, out errno);

    /// <summary>accept4(2); null where nobody waits, or who did has gone, or there is no descriptor left.</summary>
    public static Fd? TryAccept(Fd listener)
    {
        nint result = Kernel.fast_syscall(
            Sys.accept4, listener.Number, 0, 0, Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK, 0, 0);
        return result < 0 ? null : new Fd((int)result);
    }

    /// <summary>Where a socket is bound.</summary>
    /// <exception cref="SyscallException">It is not a socket.</exception>
    public static SocketEndpoint LocalEndpoint(Fd socket)
    {
        SocketEndpoint local = default;
        int length = SocketEndpoint.Capacity;
        SyscallException.Check(
            Kernel.fast_syscall(Sys.getsockname, socket.Number, (nint)local.Bytes, (nint)(&length), 0, 0, 0), "getsockname");
        local.Length = length;
        return local;
    }

    /// <summary>What became of a connection that was being made, and forgets it (SO_ERROR).</summary>
    public static Errno PendingError(Fd socket)
    {
        int error = 0;
        int length = sizeof(int);
        nint result = Kernel.fast_syscall(
            Sys.getsockopt, socket.Number, Socket.SOL_SOCKET, Socket.SO_ERROR, (nint)(&error), (nint)(&length), 0);
        return result < 0 ? (Errno)(-result) : (Errno)error;
    }

    /// <summary>Receives a datagram, without waiting.</summary>
    /// <returns>How many bytes, what did not fit being lost; or -errno: -EAGAIN where there is nothing yet.</returns>
    public static int TryReceiveFrom(Fd socket, Span<byte> buffer, out SocketEndpoint sender)
    {
        SocketEndpoint from = default;
        int length = SocketEndpoint.Capacity;
        nint result;
        fixed (byte* bytes = buffer)
        {
            result = Kernel.fast_syscall(
                Sys.recvfrom, socket.Number, (nint)bytes, buffer.Length, Socket.MSG_DONTWAIT, (nint)from.Bytes, (nint)(&length));
        }

        from.Length = Math.Min(length, SocketEndpoint.Capacity);
        sender = from;
        return (int)result;
    }

    /// <summary>Sends a datagram, without waiting.</summary>
    /// <returns>How many bytes, or -errno.</returns>
    public static int TrySendTo(Fd socket, ReadOnlySpan<byte> bytes, in SocketEndpoint receiver)
    {
        SocketEndpoint to = receiver;
        fixed (byte* at = bytes)
        {
            return (int)Kernel.fast_syscall(
                Sys.sendto,
                socket.Number,
                (nint)at,
                bytes.Length,
                Socket.MSG_DONTWAIT | Socket.MSG_NOSIGNAL,
                (nint)to.Bytes,
                to.Length);
        }
    }

    private static Fd? TryConnect(int type, in SocketEndpoint remote, out Errno errno)
    {
        SocketEndpoint to = remote;
        nint result = Kernel.fast_syscall(
            Sys.socket, to.Family, type | Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK, 0, 0, 0, 0);
        if (result < 0)
        {
            errno = (Errno)(-result);
            return null;
        }

        Fd socket = new((int)result);
        result = Kernel.fast_syscall(Sys.connect, socket.Number, (nint)to.Bytes, to.Length, 0, 0, 0);
        errno = result is 0 or -(int)Errno.EINPROGRESS ? Errno.None : (Errno)(-result);
        if (errno == Errno.None)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }

    private static Fd Bind(int type, in SocketEndpoint local)
    {
        SocketEndpoint at = local;
        Fd socket = Fd.FromResult(
            Kernel.fast_syscall(Sys.socket, at.Family, type | Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK, 0, 0, 0, 0), "socket");
        nint result = Kernel.fast_syscall(Sys.bind, socket.Number, (nint)at.Bytes, at.Length, 0, 0, 0);
        if (result == 0)
        {
            return socket;
        }

        socket.Dispose();
        throw new SyscallException("bind", (Errno)(-result));
    }
}
