using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Netlink;

/// <summary>
/// A socket to the kernel (netlink(7)), of the network namespace that the opening thread was in. The kernel does what a
/// request says before sendto(2) returns, and its replies lie in the socket by then: nothing here waits for one.
/// One thread at a time.
/// </summary>
public sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>The kernel's largest part of a dump (netlink_dump in net/netlink/af_netlink.c).</summary>
    private const int ReceiveSize = 32 * 1024;

    /// <summary>How many messages that are not the kernel's are passed over in a row.</summary>
    private const int ForeignMessages = 64;

    private readonly NetlinkProtocol _protocol;
    private readonly Fd _socket = new(-1);
    private readonly NativeBlock _received = new(ReceiveSize);
    private uint _sequence = 1;

    /// <summary>A socket that is to be opened.</summary>
    public NetlinkSocket(NetlinkProtocol protocol) => _protocol = protocol;

    /// <summary>Opens one in the calling thread's network namespace.</summary>
    /// <exception cref="SyscallException">EPROTONOSUPPORT where the kernel does not have this protocol.</exception>
    public static NetlinkSocket Open(NetlinkProtocol protocol)
    {
        NetlinkSocket socket = new(protocol);
        try
        {
            socket.Open();
            return socket;
        }
        catch (SyscallException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens it in the calling thread's network namespace, once.</summary>
    /// <exception cref="SyscallException">EPROTONOSUPPORT where the kernel does not have this protocol.</exception>
    public void Open()
    {
        if (!_socket.IsInvalid)
        {
            throw new InvalidOperationException("the socket is open");
        }

        _socket.Adopt((int)SyscallException.Check(
            Kernel.fast_syscall(
                Sys.socket, Socket.AF_NETLINK, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, (int)_protocol, 0, 0, 0),
            "socket",
            "netlink"));

        // Errors in words, and without the request that they are about. Since 4.12; the words can be done without.
        int on = 1;
        _ = SetOption(Interop.Netlink.SOL_NETLINK, Interop.Netlink.NETLINK_EXT_ACK, on);
        _ = SetOption(Interop.Netlink.SOL_NETLINK, Interop.Netlink.NETLINK_CAP_ACK, on);
    }

    /// <summary>Sends requests, and returns when the kernel has done them all.</summary>
    /// <exception cref="SyscallException">
    /// What the kernel had against the first one that failed, under that request's name. The ones after it were tried too,
    /// unless the protocol makes one transaction of them.
    /// </exception>
    internal void Execute(NetlinkWriter requests)
    {
        if (!TryExecute(requests, out NetlinkError error))
        {
            throw error.ToException(requests);
        }
    }

    /// <summary>As <see cref="Execute"/>, where an error is expected.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked at all, or did not answer.</exception>
    internal bool TryExecute(NetlinkWriter requests, out NetlinkError error)
    {
        Filesystem.CrashPoint.Pass();
        error = default;
        uint first = Send(requests, out int acknowledgements);
        while (TryReceive(out ReadOnlySpan<byte> datagram))
        {
            while (NetlinkMessage.TryTake(ref datagram, out NetlinkMessage message))
            {
                uint request = message.Sequence - first;
                if (message.Type != Interop.Netlink.NLMSG_ERROR || request >= requests.Count)
                {
                    continue;
                }

                NetlinkError reply = NetlinkError.Read(message, (int)request);
                acknowledgements--;
                if (reply.Errno != Errno.None && (error.Errno == Errno.None || reply.Request < error.Request))
                {
                    error = reply;
                }
            }

            if (acknowledgements <= 0 && error.Errno == Errno.None)
            {
                return true;
            }
        }

        return error.Errno == Errno.None && acknowledgements > 0
            ? throw new SyscallException("recvfrom", Errno.EPROTO, "netlink", "the kernel did not acknowledge every request")
            : error.Errno == Errno.None;
    }

    /// <summary>Sends one request that asks for something, and gives the replies as they are enumerated.</summary>
    /// <exception cref="SyscallException">What the kernel had against it; also while the replies are enumerated.</exception>
    internal NetlinkReplies Query(NetlinkWriter request)
    {
        uint sequence = Send(request, out _);
        return new NetlinkReplies(this, request, sequence);
    }

    /// <summary>What lies in the socket next; false where nothing does.</summary>
    internal bool TryReceive(out ReadOnlySpan<byte> datagram)
    {
        for (int foreign = 0; foreign < ForeignMessages; foreign++)
        {
            sockaddr_nl sender;
            int size = sizeof(sockaddr_nl);
            nint result = Kernel.syscall(
                Sys.recvfrom, _socket.Number, (nint)_received.Address, ReceiveSize,
                Socket.MSG_DONTWAIT | Socket.MSG_TRUNC, (nint)(&sender), (nint)(&size));
            if (result == -(int)Errno.EAGAIN)
            {
                datagram = default;
                return false;
            }

            if (result == -(int)Errno.EINTR)
            {
                continue;
            }

            int length = (int)SyscallException.Check(result, "recvfrom", "netlink");

            // Who may configure a network namespace can also send to the sockets in it: only the kernel's port is 0.
            if (size != sizeof(sockaddr_nl) || sender.nl_pid != 0)
            {
                continue;
            }

            datagram = length <= ReceiveSize
                ? _received.Span[..length]
                : throw new SyscallException("recvfrom", Errno.EMSGSIZE, "netlink");
            return true;
        }

        throw new SyscallException("recvfrom", Errno.EPROTO, "netlink", "messages that are not the kernel's");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        ((IDisposable)_received).Dispose();
    }

    private uint Send(NetlinkWriter requests, out int acknowledgements)
    {
        uint first = _sequence;
        _sequence += (uint)requests.Count;
        acknowledgements = requests.Number(first);
        ReadOnlySpan<byte> bytes = requests.Written;
        fixed (byte* at = bytes)
        {
            nint result = SendOnce(at, bytes.Length);
            if (result == -(int)Errno.EMSGSIZE && SetOption(Socket.SOL_SOCKET, Socket.SO_SNDBUFFORCE, bytes.Length + 4096) >= 0)
            {
                result = SendOnce(at, bytes.Length);
            }

            SyscallException.Check(result, "sendto", "netlink");
        }

        return first;
    }

    private nint SendOnce(byte* bytes, int length)
    {
        nint result;
        do
        {
            result = Kernel.syscall(Sys.sendto, _socket.Number, (nint)bytes, length, 0, 0, 0);
        }
        while (result == -(int)Errno.EINTR);

        return result;
    }

    private nint SetOption(int level, int option, int value) =>
        Kernel.fast_syscall(Sys.setsockopt, _socket.Number, level, option, (nint)(&value), sizeof(int), 0);
}
