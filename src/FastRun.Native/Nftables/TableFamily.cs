using FastRun.Native.Interop;

namespace FastRun.Native.Nftables;

/// <summary>Which packets a table sees (nft(8), "address families").</summary>
public enum TableFamily : byte
{
    /// <summary>IPv4 and IPv6.</summary>
    Inet = Nfnetlink.NFPROTO_INET,

    /// <summary>IPv4.</summary>
    Ip = Nfnetlink.NFPROTO_IPV4,

    /// <summary>Frames that a bridge forwards or delivers.</summary>
    Bridge = Nfnetlink.NFPROTO_BRIDGE,

    /// <summary>IPv6.</summary>
    Ip6 = Nfnetlink.NFPROTO_IPV6,
}
