using System;
using System.Globalization;
using System.Text;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Sockets;

/// <summary>
/// Stream sockets between processes of this machine (unix(7)), always with a path: an abstract name would be open to every
/// process of the network namespace. All are close-on-exec.
/// </summary>
public static unsafe class UnixSocket
{
    private const int Backlog = 128;

    /// <summary>socketpair(2): two connected sockets.</summary>
    /// <exception cref="SyscallException">There is no descriptor left.</exception>
    public static (Fd First, Fd Second) Pair()
    {
        int* ends = stackalloc int[2];
        SyscallException.Check(
            Kernel.fast_syscall(
                Sys.socketpair, Socket.AF_UNIX, Socket.SOCK_STREAM | Socket.SOCK_CLOEXEC, 0, (nint)ends, 0, 0),
            "socketpair");
        return (new Fd(ends[0]), new Fd(ends[1]));
    }

    /// <summary>
    /// A socket that listens under a name in a directory, does not block, and belongs to its owner alone. The directory is a
    /// descriptor, because a path to it may be longer than the 107 bytes that an address holds.
    /// </summary>
    /// <exception cref="SyscallException">EADDRINUSE where the name is taken.</exception>
    public static Fd Listen(Fd directory, string name)
    {
        Fd socket = Open(Socket.SOCK_NONBLOCK);
        try
        {
            sockaddr_un address = Address(directory, name, out int length);
            SyscallException.Check(
                Kernel.syscall(Sys.bind, socket.Number, (nint)(&address), length, 0, 0, 0), "bind", name);
            FileAt.ChangeMode(directory, name, 0x180);
            SyscallException.Check(Kernel.fast_syscall(Sys.listen, socket.Number, Backlog, 0, 0, 0, 0), "listen", name);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to the socket of a name in a directory; null where nobody listens there.</summary>
    /// <exception cref="SyscallException">It cannot be reached for another reason.</exception>
    public static Fd? TryConnect(Fd directory, string name)
    {
        Fd socket = Open(0);
        sockaddr_un address = Address(directory, name, out int length);
        nint result = Kernel.syscall(Sys.connect, socket.Number, (nint)(&address), length, 0, 0, 0);
        if (result == 0)
        {
            return socket;
        }

        socket.Dispose();
        return result is -(int)Errno.ENOENT or -(int)Errno.ECONNREFUSED
            ? null
            : throw new SyscallException("connect", (Errno)(-result), name);
    }

    /// <summary>accept4(2) of a listening socket that does not block; null where nobody waits.</summary>
    /// <exception cref="SyscallException">There is no descriptor left.</exception>
    public static Fd? TryAccept(Fd listener)
    {
        nint result = Kernel.fast_syscall(
            Sys.accept4, listener.Number, 0, 0, Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK, 0, 0);
        return result is -(int)Errno.EAGAIN or -(int)Errno.ECONNABORTED or -(int)Errno.EINTR
            ? null
            : new Fd((int)SyscallException.Check(result, "accept4"));
    }

    /// <summary>Receives what is there, without waiting.</summary>
    /// <returns>How many bytes, 0 at the end, or -errno: -EAGAIN where there is nothing yet.</returns>
    public static int TryReceive(Fd socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)Kernel.fast_syscall(
                Sys.recvfrom, socket.Number, (nint)bytes, buffer.Length, Socket.MSG_DONTWAIT, 0, 0);
        }
    }

    /// <summary>Sends what fits, without waiting.</summary>
    /// <returns>How many bytes, or -errno: -EAGAIN where nothing fits now.</returns>
    public static int TrySend(Fd socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            return (int)Kernel.fast_syscall(
                Sys.sendto, socket.Number, (nint)at, bytes.Length, Socket.MSG_DONTWAIT | Socket.MSG_NOSIGNAL, 0, 0);
        }
    }

    /// <summary>Whether the other end has not read all yet that was sent (ioctl SIOCOUTQ, unix(7)).</summary>
    public static bool HasUnread(int socket)
    {
        int bytes = 0;
        return Kernel.fast_syscall(Sys.ioctl, socket, Socket.SIOCOUTQ, (nint)(&bytes), 0, 0, 0) == 0 && bytes > 0;
    }

    private static Fd Open(int flags) => Fd.FromResult(
        Kernel.fast_syscall(
            Sys.socket, Socket.AF_UNIX, Socket.SOCK_STREAM | Socket.SOCK_CLOEXEC | flags, 0, 0, 0, 0),
        "socket");

    private static sockaddr_un Address(Fd directory, string name, out int length)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.Number}/{name}");
        sockaddr_un address = new() { sun_family = Socket.AF_UNIX };
        int bytes = Encoding.UTF8.GetBytes(path, new Span<byte>(address.sun_path, sockaddr_un.PathLength - 1));
        length = sizeof(ushort) + bytes + 1;
        return address;
    }
}
