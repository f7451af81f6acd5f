using FastRun.Native.Interop;
using static FastRun.Native.Interop.Rtnetlink;

namespace FastRun.Native.Netlink;

/// <content>Addresses, routes and neighbours: RTM_NEWADDR, RTM_NEWROUTE, RTM_NEWNEIGH and what undoes them.</content>
public sealed partial class RouteBatch
{
    /// <summary>
    /// Gives an interface an address, and thereby the route to its prefix. An IPv4 one gets the prefix's last address for
    /// broadcasts; an IPv6 one is used at once, without asking whether somebody else has it. EEXIST where it has it already.
    /// </summary>
    /// <param name="link">The interface's index.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How many bits are the network's.</param>
    /// <param name="prefixRoute">False for an address without a route to its prefix.</param>
    public void AddAddress(int link, InternetAddress address, int prefixLength, bool prefixRoute = true)
    {
        BeginAddress(RTM_NEWADDR, NetlinkFlags.Create | NetlinkFlags.Exclusive, nameof(RTM_NEWADDR), link, address, prefixLength);
        if (!address.IsIPv6 && prefixLength < 31)
        {
            Address(IFA_BROADCAST, address.Last(prefixLength));
        }

        _writer.UInt32(IFA_FLAGS, (address.IsIPv6 ? IFA_F_NODAD : 0) | (prefixRoute ? 0 : IFA_F_NOPREFIXROUTE));
    }

    /// <summary>Takes an address from an interface. EADDRNOTAVAIL where it does not have it.</summary>
    public void DeleteAddress(int link, InternetAddress address, int prefixLength) =>
        BeginAddress(RTM_DELADDR, NetlinkFlags.None, nameof(RTM_DELADDR), link, address, prefixLength);

    /// <summary>Adds a route to the main table. EEXIST where there is one of the same destination and metric.</summary>
    public void AddRoute(in Route route) => WriteRoute(RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Exclusive, nameof(RTM_NEWROUTE), route);

    /// <summary>Adds a route to the main table, in the place of the one of the same destination and metric if there is one.</summary>
    public void ReplaceRoute(in Route route) => WriteRoute(RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace, nameof(RTM_NEWROUTE), route);

    /// <summary>Deletes the main table's route that has these attributes. ESRCH where there is none.</summary>
    public void DeleteRoute(in Route route) => WriteRoute(RTM_DELROUTE, NetlinkFlags.None, nameof(RTM_DELROUTE), route);

    /// <summary>Says for good which hardware address an address on an interface's network has.</summary>
    public void AddNeighbour(int link, InternetAddress address, MacAddress hardware)
    {
        BeginNeighbour(
            RTM_NEWNEIGH, NetlinkFlags.Create | NetlinkFlags.Replace, nameof(RTM_NEWNEIGH),
            new struct_ndmsg { ndm_family = address.Family, ndm_ifindex = link, ndm_state = NUD_PERMANENT });
        Address(NDA_DST, address);
        Address(NDA_LLADDR, hardware);
    }

    /// <summary>Forgets a neighbour. ENOENT where there is none.</summary>
    public void DeleteNeighbour(int link, InternetAddress address)
    {
        BeginNeighbour(
            RTM_DELNEIGH, NetlinkFlags.None, nameof(RTM_DELNEIGH),
            new struct_ndmsg { ndm_family = address.Family, ndm_ifindex = link });
        Address(NDA_DST, address);
    }

    /// <summary>Says for good that a hardware address is behind this port of a bridge; it goes with the port.</summary>
    public void AddForwarding(int port, MacAddress hardware)
    {
        BeginNeighbour(
            RTM_NEWNEIGH, NetlinkFlags.Create | NetlinkFlags.Replace, nameof(RTM_NEWNEIGH),
            new struct_ndmsg { ndm_family = Socket.AF_BRIDGE, ndm_ifindex = port, ndm_state = NUD_NOARP, ndm_flags = NTF_MASTER });
        Address(NDA_LLADDR, hardware);
    }

    /// <summary>Forgets where a hardware address is. ENOENT where it was not known.</summary>
    public void DeleteForwarding(int port, MacAddress hardware)
    {
        BeginNeighbour(
            RTM_DELNEIGH, NetlinkFlags.None, nameof(RTM_DELNEIGH),
            new struct_ndmsg { ndm_family = Socket.AF_BRIDGE, ndm_ifindex = port, ndm_flags = NTF_MASTER });
        Address(NDA_LLADDR, hardware);
    }

    private void BeginAddress(
        int type, NetlinkFlags flags, string operation, int link, InternetAddress address, int prefixLength)
    {
        _writer.Begin(type, flags, operation);
        _writer.Header(new struct_ifaddrmsg
        {
            ifa_family = address.Family,
            ifa_prefixlen = (byte)prefixLength,
            ifa_scope = link == LinkReference.Loopback.Index ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE,
            ifa_index = (uint)link,
        });
        Address(IFA_LOCAL, address);
        Address(IFA_ADDRESS, address);
    }

    private void WriteRoute(int type, NetlinkFlags flags, string operation, in Route route)
    {
        bool adding = type == RTM_NEWROUTE;
        bool v6 = (route.Destination ?? route.Gateway ?? default).IsIPv6;
        _writer.Begin(type, flags, operation);
        _writer.Header(new struct_rtmsg
        {
            rtm_family = (byte)(v6 ? Socket.AF_INET6 : Socket.AF_INET),
            rtm_dst_len = (byte)(route.Destination is null ? 0 : route.PrefixLength),
            rtm_table = RT_TABLE_MAIN,
            rtm_protocol = adding ? RTPROT_BOOT : (byte)0,
            rtm_scope = !adding ? RT_SCOPE_NOWHERE : route.Gateway is null && !v6 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
            rtm_type = adding ? RTN_UNICAST : (byte)0,
        });
        if (route.Destination is InternetAddress destination && route.PrefixLength > 0)
        {
            Address(RTA_DST, destination);
        }

        if (route.Gateway is InternetAddress gateway)
        {
            Address(RTA_GATEWAY, gateway);
        }

        if (route.Source is InternetAddress source)
        {
            Address(RTA_PREFSRC, source);
        }

        if (route.Link != 0)
        {
            _writer.UInt32(RTA_OIF, (uint)route.Link);
        }

        if (route.Metric != 0)
        {
            _writer.UInt32(RTA_PRIORITY, (uint)route.Metric);
        }
    }

    private void BeginNeighbour(int type, NetlinkFlags flags, string operation, in struct_ndmsg header)
    {
        _writer.Begin(type, flags, operation);
        _writer.Header(header);
    }
}
