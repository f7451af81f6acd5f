using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>linux/netfilter/nfnetlink.h, linux/netfilter.h and linux/netfilter/nf_nat.h.</summary>
internal static class Nfnetlink
{
    internal const int NFNL_SUBSYS_CTNETLINK = 1;
    internal const int NFNL_SUBSYS_NFTABLES = 10;
    internal const ushort NFNL_MSG_BATCH_BEGIN = 0x10;
    internal const ushort NFNL_MSG_BATCH_END = 0x11;
    internal const byte NFNETLINK_V0 = 0;

    internal const byte NFPROTO_UNSPEC = 0;
    internal const byte NFPROTO_INET = 1;
    internal const byte NFPROTO_IPV4 = 2;
    internal const byte NFPROTO_BRIDGE = 7;
    internal const byte NFPROTO_IPV6 = 10;

    internal const int NF_DROP = 0;
    internal const int NF_ACCEPT = 1;

    internal const int NF_INET_PRE_ROUTING = 0;
    internal const int NF_INET_LOCAL_IN = 1;
    internal const int NF_INET_FORWARD = 2;
    internal const int NF_INET_LOCAL_OUT = 3;
    internal const int NF_INET_POST_ROUTING = 4;
}

/// <summary>struct nfgenmsg.</summary>
[StructLayout(LayoutKind.Sequential, Size = 4)]
internal struct struct_nfgenmsg
{
    internal byte nfgen_family;
    internal byte version;

    /// <summary>Big-endian.</summary>
    internal ushort res_id;
}
