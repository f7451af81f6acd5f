using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>linux/rtnetlink.h and the headers of its attributes: if.h, if_link.h, if_addr.h, neighbour.h, veth.h.</summary>
internal static class Rtnetlink
{
    internal const int RTM_NEWLINK = 16;
    internal const int RTM_DELLINK = 17;
    internal const int RTM_GETLINK = 18;
    internal const int RTM_NEWADDR = 20;
    internal const int RTM_DELADDR = 21;
    internal const int RTM_GETADDR = 22;
    internal const int RTM_NEWROUTE = 24;
    internal const int RTM_DELROUTE = 25;
    internal const int RTM_GETROUTE = 26;
    internal const int RTM_NEWNEIGH = 28;
    internal const int RTM_DELNEIGH = 29;
    internal const int RTM_GETNEIGH = 30;

    internal const uint IFF_UP = 1;
    internal const uint IFF_LOWER_UP = 0x10000;

    internal const byte IF_OPER_UNKNOWN = 0;
    internal const byte IF_OPER_UP = 6;

    internal const int IFLA_ADDRESS = 1;
    internal const int IFLA_IFNAME = 3;
    internal const int IFLA_MTU = 4;
    internal const int IFLA_LINK = 5;
    internal const int IFLA_MASTER = 10;
    internal const int IFLA_OPERSTATE = 16;
    internal const int IFLA_LINKINFO = 18;
    internal const int IFLA_IFALIAS = 20;
    internal const int IFLA_STATS64 = 23;
    internal const int IFLA_AF_SPEC = 26;
    internal const int IFLA_GROUP = 27;
    internal const int IFLA_NET_NS_FD = 28;
    internal const int IFLA_EXT_MASK = 29;
    internal const int IFLA_NUM_TX_QUEUES = 31;
    internal const int IFLA_NUM_RX_QUEUES = 32;
    internal const int IFLA_LINK_NETNSID = 37;
    internal const int RTEXT_FILTER_SKIP_STATS = 8;

    internal const int IFLA_INET6_ADDR_GEN_MODE = 8;
    internal const byte IN6_ADDR_GEN_MODE_EUI64 = 0;
    internal const byte IN6_ADDR_GEN_MODE_NONE = 1;

    internal const int IFLA_INFO_KIND = 1;
    internal const int IFLA_INFO_DATA = 2;
    internal const int IFLA_INFO_SLAVE_KIND = 4;
    internal const int IFLA_INFO_SLAVE_DATA = 5;
    internal const int VETH_INFO_PEER = 1;
    internal const int IFLA_MACVLAN_MODE = 1;
    internal const int IFLA_IPVLAN_MODE = 1;
    internal const int IFLA_IPVLAN_FLAGS = 2;
    internal const int IFLA_VLAN_ID = 1;

    internal const int IFLA_BR_FORWARD_DELAY = 1;
    internal const int IFLA_BR_AGEING_TIME = 4;
    internal const int IFLA_BR_STP_STATE = 5;
    internal const int IFLA_BR_MCAST_SNOOPING = 23;
    internal const int IFLA_BR_MCAST_QUERIER = 25;
    internal const int IFLA_BR_NF_CALL_IPTABLES = 36;
    internal const int IFLA_BR_NF_CALL_IP6TABLES = 37;
    internal const int IFLA_BR_NF_CALL_ARPTABLES = 38;

    internal const int IFLA_BRPORT_MODE = 4;
    internal const int IFLA_BRPORT_GUARD = 5;
    internal const int IFLA_BRPORT_PROTECT = 6;
    internal const int IFLA_BRPORT_LEARNING = 8;
    internal const int IFLA_BRPORT_UNICAST_FLOOD = 9;
    internal const int IFLA_BRPORT_MCAST_FLOOD = 27;
    internal const int IFLA_BRPORT_BCAST_FLOOD = 30;
    internal const int IFLA_BRPORT_NEIGH_SUPPRESS = 32;
    internal const int IFLA_BRPORT_ISOLATED = 33;
    internal const int IFLA_BRPORT_LOCKED = 39;

    internal const int IFA_ADDRESS = 1;
    internal const int IFA_LOCAL = 2;
    internal const int IFA_BROADCAST = 4;
    internal const int IFA_FLAGS = 8;
    internal const uint IFA_F_NODAD = 2;
    internal const uint IFA_F_NOPREFIXROUTE = 0x200;

    internal const int RTA_DST = 1;
    internal const int RTA_OIF = 4;
    internal const int RTA_GATEWAY = 5;
    internal const int RTA_PRIORITY = 6;
    internal const int RTA_PREFSRC = 7;
    internal const int RTA_TABLE = 15;
    internal const byte RT_TABLE_MAIN = 254;
    internal const byte RTPROT_BOOT = 3;
    internal const byte RT_SCOPE_UNIVERSE = 0;
    internal const byte RT_SCOPE_LINK = 253;
    internal const byte RT_SCOPE_HOST = 254;
    internal const byte RT_SCOPE_NOWHERE = 255;
    internal const byte RTN_UNICAST = 1;
    internal const uint RTM_F_CLONED = 0x200;

    internal const int NDA_DST = 1;
    internal const int NDA_LLADDR = 2;
    internal const ushort NUD_NOARP = 0x40;
    internal const ushort NUD_PERMANENT = 0x80;
    internal const byte NTF_SELF = 2;
    internal const byte NTF_MASTER = 4;
}

/// <summary>struct ifinfomsg.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct struct_ifinfomsg
{
    internal byte ifi_family;
    internal ushort ifi_type;
    internal int ifi_index;
    internal uint ifi_flags;
    internal uint ifi_change;
}

/// <summary>struct ifaddrmsg.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct struct_ifaddrmsg
{
    internal byte ifa_family;
    internal byte ifa_prefixlen;
    internal byte ifa_flags;
    internal byte ifa_scope;
    internal uint ifa_index;
}

/// <summary>struct rtmsg.</summary>
[StructLayout(LayoutKind.Sequential, Size = 12)]
internal struct struct_rtmsg
{
    internal byte rtm_family;
    internal byte rtm_dst_len;
    internal byte rtm_src_len;
    internal byte rtm_tos;
    internal byte rtm_table;
    internal byte rtm_protocol;
    internal byte rtm_scope;
    internal byte rtm_type;
    internal uint rtm_flags;
}

/// <summary>struct ndmsg.</summary>
[StructLayout(LayoutKind.Sequential, Size = 12)]
internal struct struct_ndmsg
{
    internal byte ndm_family;
    private readonly byte _pad1;
    private readonly ushort _pad2;
    internal int ndm_ifindex;
    internal ushort ndm_state;
    internal byte ndm_flags;
    internal byte ndm_type;
}

/// <summary>The beginning of struct rtnl_link_stats64, which has grown since.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct rtnl_link_stats64
{
    internal ulong rx_packets;
    internal ulong tx_packets;
    internal ulong rx_bytes;
    internal ulong tx_bytes;
    internal ulong rx_errors;
    internal ulong tx_errors;
    internal ulong rx_dropped;
    internal ulong tx_dropped;
}
