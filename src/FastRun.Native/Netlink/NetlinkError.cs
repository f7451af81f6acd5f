using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Netlink;

/// <summary>What the kernel had against a request.</summary>
/// <param name="Errno">The error; <see cref="Errno.None"/> of a success.</param>
/// <param name="Request">Which of the requests that were sent together, from 0.</param>
/// <param name="Explanation">What it said in words (NETLINK_EXT_ACK), if anything.</param>
internal readonly record struct NetlinkError(Errno Errno, int Request, string? Explanation)
{
    private const int LongestExplanation = 200;

    /// <summary>Reads a message of the type NLMSG_ERROR, which is also how a success is acknowledged.</summary>
    internal static NetlinkError Read(scoped NetlinkMessage message, int request)
    {
        struct_nlmsgerr error = message.Header<struct_nlmsgerr>();
        int flags = (int)message.Flags;
        return error.error == 0 || (flags & Interop.Netlink.NLM_F_ACK_TLVS) == 0
            ? new NetlinkError((Errno)(-error.error), request, null)
            : new NetlinkError((Errno)(-error.error), request, Explain(message, error, (flags & Interop.Netlink.NLM_F_CAPPED) != 0));
    }

    /// <summary>The exception for it.</summary>
    internal SyscallException ToException(NetlinkWriter writer)
    {
        (string operation, string? subject) = writer.Describe(Request);
        return new SyscallException(operation, Errno, subject, Explanation);
    }

    private static unsafe string? Explain(scoped NetlinkMessage message, in struct_nlmsgerr error, bool capped)
    {
        // Without NETLINK_CAP_ACK (before 4.3) the request's payload stands between.
        long skip = sizeof(struct_nlmsgerr) + (capped ? 0 : Math.Max(0, (long)error.msg.nlmsg_len - sizeof(struct_nlmsghdr)));
        foreach (NetlinkAttribute attribute in NetlinkAttributes.Behind(message.Payload, (int)Math.Min(skip, int.MaxValue)))
        {
            if (attribute.Type == Interop.Netlink.NLMSGERR_ATTR_MSG)
            {
                return Printable(attribute.TextBytes);
            }
        }

        return null;
    }

    private static string? Printable(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[Math.Min(text.Length, LongestExplanation)];
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = text[i] is >= 0x20 and < 0x7F ? (char)text[i] : '?';
        }

        return characters.IsEmpty ? null : new string(characters);
    }
}
