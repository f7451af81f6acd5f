using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>linux/netlink.h.</summary>
internal static class Netlink
{
    internal const int NETLINK_ROUTE = 0;
    internal const int NETLINK_NETFILTER = 12;

    internal const int SOL_NETLINK = 270;
    internal const int NETLINK_CAP_ACK = 10;
    internal const int NETLINK_EXT_ACK = 11;

    internal const ushort NLMSG_NOOP = 1;
    internal const ushort NLMSG_ERROR = 2;
    internal const ushort NLMSG_DONE = 3;
    internal const ushort NLMSG_OVERRUN = 4;

    internal const ushort NLM_F_CAPPED = 0x100;
    internal const ushort NLM_F_ACK_TLVS = 0x200;

    internal const ushort NLMSGERR_ATTR_MSG = 1;

    internal const ushort NLA_F_NESTED = 0x8000;
    internal const int NLA_TYPE_MASK = ~(0x8000 | 0x4000);
}

/// <summary>struct sockaddr_nl.</summary>
[StructLayout(LayoutKind.Sequential, Size = 12)]
internal struct sockaddr_nl
{
    internal ushort nl_family;
    internal ushort nl_pad;
    internal uint nl_pid;
    internal uint nl_groups;
}

/// <summary>struct nlmsghdr.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct struct_nlmsghdr
{
    internal uint nlmsg_len;
    internal ushort nlmsg_type;
    internal ushort nlmsg_flags;
    internal uint nlmsg_seq;
    internal uint nlmsg_pid;
}

/// <summary>struct nlmsgerr, which is followed by the rest of the request unless the reply is capped.</summary>
[StructLayout(LayoutKind.Sequential, Size = 20)]
internal struct struct_nlmsgerr
{
    internal int error;
    internal struct_nlmsghdr msg;
}

/// <summary>struct nlattr.</summary>
[StructLayout(LayoutKind.Sequential, Size = 4)]
internal struct struct_nlattr
{
    internal ushort nla_len;
    internal ushort nla_type;
}
