namespace FastRun.Native.Netlink;

/// <summary>The families of netlink(7) that are spoken here.</summary>
public enum NetlinkProtocol
{
    /// <summary>NETLINK_ROUTE: links, addresses, routes, neighbours (rtnetlink(7)).</summary>
    Route = Interop.Netlink.NETLINK_ROUTE,

    /// <summary>NETLINK_NETFILTER: nf_tables and its kin.</summary>
    Netfilter = Interop.Netlink.NETLINK_NETFILTER,
}
