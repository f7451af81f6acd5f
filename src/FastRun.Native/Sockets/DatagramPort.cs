using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;
using FastRun.Native.Netlink;

namespace FastRun.Native.Sockets;

/// <summary>
/// Datagrams at a port that several addresses of this host share: each is answered from the address that it came to (IP_PKTINFO
/// of ip(7), RFC 3542).
/// </summary>
public static unsafe class DatagramPort
{
    private const int ControlSize = 64;
    private const int ControlHeader = 16;
    private const int LinkLocalBits = 0xFE80 >> 6;

    /// <summary>Receives a datagram, without waiting.</summary>
    /// <param name="socket">A socket of <see cref="PortSocket.TryBind"/>.</param>
    /// <param name="buffer">Where it goes; what does not fit is lost.</param>
    /// <param name="peer">Who sent it.</param>
    /// <returns>How many bytes, or -errno: -EAGAIN where there is nothing.</returns>
    public static int TryReceive(Fd socket, Span<byte> buffer, out DatagramPeer peer)
    {
        byte* name = stackalloc byte[SocketEndpoint.Capacity];
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* at = buffer)
        {
            Vector vector = new() { Base = at, Length = (nuint)buffer.Length };
            Message message = new()
            {
                Name = name, NameLength = SocketEndpoint.Capacity, Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlSize,
            };
            int result = (int)Kernel.fast_syscall(Sys.recvmsg, socket.Number, (nint)(&message), Socket.MSG_DONTWAIT, 0, 0, 0);
            peer = result < 0 ? default : Read(name, control, (int)message.ControlLength);
            return result;
        }
    }

    /// <summary>Answers who sent a datagram, without waiting.</summary>
    /// <returns>How many bytes, or -errno.</returns>
    public static int TrySend(Fd socket, ReadOnlySpan<byte> bytes, in DatagramPeer peer)
    {
        SocketEndpoint remote = new(peer.Remote.ToIPAddress(), peer.Port);
        byte* control = stackalloc byte[ControlSize];
        new Span<byte>(control, ControlSize).Clear();
        int length = Write(control, peer);
        if (peer.Remote.IsIPv6)
        {
            // sin6_scope_id: which link a link-local address is on.
            *(int*)(remote.Bytes + 24) = peer.Interface;
        }

        fixed (byte* at = bytes)
        {
            Vector vector = new() { Base = at, Length = (nuint)bytes.Length };
            Message message = new()
            {
                Name = remote.Bytes, NameLength = (uint)remote.Length, Vectors = &vector, VectorCount = 1, Control = control, ControlLength = (nuint)length,
            };
            return (int)Kernel.fast_syscall(
                Sys.sendmsg, socket.Number, (nint)(&message), Socket.MSG_DONTWAIT | Socket.MSG_NOSIGNAL, 0, 0, 0);
        }
    }

    private static DatagramPeer Read(byte* name, byte* control, int controlLength)
    {
        bool isIPv6 = *(ushort*)name == Socket.AF_INET6;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(name + 2, 2));
        InternetAddress remote = InternetAddress.Read(new ReadOnlySpan<byte>(name + (isIPv6 ? 8 : 4), isIPv6 ? 16 : 4))!.Value;
        InternetAddress local = isIPv6 ? new InternetAddress(0, IsIPv6: true) : InternetAddress.IPv4(0);
        int link = 0;
        if (controlLength >= ControlHeader + (isIPv6 ? 20 : 12) && ((int*)control)[3] == (isIPv6 ? Inet.IPV6_PKTINFO : Inet.IP_PKTINFO))
        {
            // struct in6_pktinfo: address, interface. struct in_pktinfo: interface, the address to answer from, the packet's.
            byte* info = control + ControlHeader;
            local = InternetAddress.Read(new ReadOnlySpan<byte>(info + (isIPv6 ? 0 : 4), isIPv6 ? 16 : 4))!.Value;
            link = isIPv6 && (ushort)(remote.Bits >> 118) == LinkLocalBits ? *(int*)(info + 16) : 0;
        }

        return new DatagramPeer(remote, port, local, link);
    }

    private static int Write(byte* control, in DatagramPeer peer)
    {
        bool isIPv6 = peer.Remote.IsIPv6;
        int size = isIPv6 ? 20 : 12;
        *(nuint*)control = (nuint)(ControlHeader + size);
        ((int*)control)[2] = isIPv6 ? Inet.IPPROTO_IPV6 : Inet.IPPROTO_IP;
        ((int*)control)[3] = isIPv6 ? Inet.IPV6_PKTINFO : Inet.IP_PKTINFO;
        byte* info = control + ControlHeader;
        peer.Local.Write(new Span<byte>(info + (isIPv6 ? 0 : 4), 16));
        if (isIPv6)
        {
            *(int*)(info + 16) = peer.Interface;
        }

        return ControlHeader + ((size + 7) & ~7);
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        internal byte* Base;
        internal nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        internal byte* Name;
        internal uint NameLength;
        internal Vector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }
}
