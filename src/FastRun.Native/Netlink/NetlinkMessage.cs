using System;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Netlink;

/// <summary>One message that was received; its bytes are valid until the next one is.</summary>
internal readonly ref struct NetlinkMessage
{
    private NetlinkMessage(struct_nlmsghdr header, ReadOnlySpan<byte> payload)
    {
        Type = header.nlmsg_type;
        Flags = (NetlinkFlags)header.nlmsg_flags;
        Sequence = header.nlmsg_seq;
        Payload = payload;
    }

    /// <summary><c>nlmsg_type</c>.</summary>
    internal ushort Type { get; }

    /// <summary><c>nlmsg_flags</c>, whose meaning depends on the type.</summary>
    internal NetlinkFlags Flags { get; }

    /// <summary>The number of the request that this answers.</summary>
    internal uint Sequence { get; }

    /// <summary>What comes after the netlink header.</summary>
    internal ReadOnlySpan<byte> Payload { get; }

    /// <summary>The header of the message's family.</summary>
    /// <exception cref="SyscallException">EBADMSG: the message is shorter.</exception>
    internal T Header<T>()
        where T : unmanaged =>
        MemoryMarshal.TryRead(Payload, out T header) ? header : throw new SyscallException("recvfrom", Errno.EBADMSG, "netlink message");

    /// <summary>The attributes behind a header of that size.</summary>
    internal unsafe NetlinkAttributes Attributes<T>()
        where T : unmanaged => NetlinkAttributes.Behind(Payload, sizeof(T));

    /// <summary>Takes the first message off what was received.</summary>
    /// <returns>False at the end, and where the rest is no whole message.</returns>
    internal static unsafe bool TryTake(scoped ref ReadOnlySpan<byte> received, out NetlinkMessage message)
    {
        if (!MemoryMarshal.TryRead(received, out struct_nlmsghdr header)
            || header.nlmsg_len < sizeof(struct_nlmsghdr)
            || header.nlmsg_len > received.Length)
        {
            message = default;
            received = default;
            return false;
        }

        int length = (int)header.nlmsg_len;
        message = new NetlinkMessage(header, received[sizeof(struct_nlmsghdr)..length]);
        received = received[Math.Min(received.Length, (length + NetlinkWriter.Alignment - 1) & ~(NetlinkWriter.Alignment - 1))..];
        return true;
    }
}
