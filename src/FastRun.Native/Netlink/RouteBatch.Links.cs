using System;
using FastRun.Native.Interop;
using static FastRun.Native.Interop.Rtnetlink;

namespace FastRun.Native.Netlink;

/// <content>Interfaces: RTM_NEWLINK, RTM_DELLINK.</content>
public sealed partial class RouteBatch
{
    private const NetlinkFlags Make = NetlinkFlags.Create | NetlinkFlags.Exclusive;

    /// <summary>Makes a bridge. EEXIST where the name is taken; EOPNOTSUPP where the kernel has no bridges.</summary>
    public void AddBridge(in NewLink link, in BridgeOptions options = default)
    {
        Begin(link);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_KIND, "bridge");
            using (_writer.Nested(IFLA_INFO_DATA))
            {
                Write(options);
            }
        }
    }

    /// <summary>Changes a bridge's options.</summary>
    public void SetBridge(LinkReference bridge, in BridgeOptions options)
    {
        Begin(bridge);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_KIND, "bridge");
            using (_writer.Nested(IFLA_INFO_DATA))
            {
                Write(options);
            }
        }
    }

    /// <summary>
    /// Makes two interfaces that are connected, in one request: either both are there afterwards, or none. They go together, as
    /// soon as one of them or its namespace goes.
    /// </summary>
    /// <param name="link">The end of the requesting socket's side.</param>
    /// <param name="peer">The other end, which is down, and no port of anything.</param>
    public void AddVeth(in NewLink link, in NewLink peer)
    {
        if (peer.Up || peer.Master != 0)
        {
            // ENOTCONN, and nothing at all: the kernel sets the peer up before it connects the two, and takes no master for it.
            throw new ArgumentException("the peer of a veth is made down and without a master", nameof(peer));
        }

        Begin(link);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_KIND, "veth");
            using (_writer.Nested(IFLA_INFO_DATA))
            using (_writer.Nested(VETH_INFO_PEER))
            {
                _writer.Header(Information(0, null));
                Write(peer);
            }
        }
    }

    /// <summary>Makes an interface with a hardware address of its own on another one.</summary>
    /// <param name="link">The new interface.</param>
    /// <param name="parent">The index of the other one, in the requesting socket's namespace.</param>
    /// <param name="mode">How it reaches the others on the same parent.</param>
    public void AddMacvlan(in NewLink link, int parent, MacvlanMode mode)
    {
        Begin(link);
        _writer.UInt32(IFLA_LINK, (uint)parent);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_KIND, "macvlan");
            using (_writer.Nested(IFLA_INFO_DATA))
            {
                _writer.UInt32(IFLA_MACVLAN_MODE, (uint)mode);
            }
        }
    }

    /// <summary>Makes an interface that shares another one's hardware address.</summary>
    /// <param name="link">The new interface.</param>
    /// <param name="parent">The index of the other one, in the requesting socket's namespace.</param>
    /// <param name="mode">What it is to its parent; the same for all of one parent.</param>
    /// <param name="isolation">How it reaches the others on the same parent; the same for all of them.</param>
    public void AddIpvlan(in NewLink link, int parent, IpvlanMode mode, IpvlanIsolation isolation = IpvlanIsolation.Bridge)
    {
        Begin(link);
        _writer.UInt32(IFLA_LINK, (uint)parent);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_KIND, "ipvlan");
            using (_writer.Nested(IFLA_INFO_DATA))
            {
                _writer.UInt16(IFLA_IPVLAN_MODE, (ushort)mode);
                _writer.UInt16(IFLA_IPVLAN_FLAGS, (ushort)isolation);
            }
        }
    }

    /// <summary>Makes an interface for one VLAN of another one (IEEE 802.1Q).</summary>
    /// <param name="link">The new interface.</param>
    /// <param name="parent">The index of the other one.</param>
    /// <param name="id">The VLAN, 1 to 4094.</param>
    public void AddVlan(in NewLink link, int parent, int id)
    {
        Begin(link);
        _writer.UInt32(IFLA_LINK, (uint)parent);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_KIND, "vlan");
            using (_writer.Nested(IFLA_INFO_DATA))
            {
                _writer.UInt16(IFLA_VLAN_ID, checked((ushort)id));
            }
        }
    }

    /// <summary>Makes an interface of a kind that needs nothing else, such as <c>dummy</c> or <c>ifb</c>.</summary>
    public void AddLink(in NewLink link, string kind)
    {
        Begin(link);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_KIND, kind);
        }
    }

    /// <summary>Changes an interface.</summary>
    public void SetLink(LinkReference link, in LinkChange change)
    {
        if (change.Name is not null && link.Index == 0)
        {
            throw new ArgumentException("an interface is renamed by its index", nameof(link));
        }

        Begin(link, change.Up);
        if (change.Name is not null)
        {
            _writer.Text(IFLA_IFNAME, change.Name);
        }

        if (change.Address is MacAddress address)
        {
            Address(IFLA_ADDRESS, address);
        }

        if (change.Mtu is int mtu)
        {
            _writer.UInt32(IFLA_MTU, (uint)mtu);
        }

        if (change.Group is uint group)
        {
            _writer.UInt32(IFLA_GROUP, group);
        }

        if (change.Master is int master)
        {
            _writer.UInt32(IFLA_MASTER, (uint)master);
        }

        if (change.Alias is not null)
        {
            _writer.Text(IFLA_IFALIAS, change.Alias);
        }

        if (change.NetworkNamespace is not null)
        {
            _writer.UInt32(IFLA_NET_NS_FD, (uint)change.NetworkNamespace.Number);
        }

        if (change.LinkLocalAddress is bool linkLocal)
        {
            using (_writer.Nested(IFLA_AF_SPEC))
            using (_writer.Nested(Socket.AF_INET6))
            {
                _writer.UInt8(IFLA_INET6_ADDR_GEN_MODE, linkLocal ? IN6_ADDR_GEN_MODE_EUI64 : IN6_ADDR_GEN_MODE_NONE);
            }
        }
    }

    /// <summary>Changes a port of a bridge; the interface must be one already.</summary>
    public void SetBridgePort(LinkReference port, in BridgePortOptions options)
    {
        Begin(port);
        using (_writer.Nested(IFLA_LINKINFO))
        {
            _writer.Text(IFLA_INFO_SLAVE_KIND, "bridge");
            using (_writer.Nested(IFLA_INFO_SLAVE_DATA))
            {
                Boolean(IFLA_BRPORT_ISOLATED, options.Isolated);
                Boolean(IFLA_BRPORT_MODE, options.Hairpin);
                Boolean(IFLA_BRPORT_LEARNING, options.Learning);
                Boolean(IFLA_BRPORT_UNICAST_FLOOD, options.UnicastFlood);
                Boolean(IFLA_BRPORT_MCAST_FLOOD, options.MulticastFlood);
                Boolean(IFLA_BRPORT_BCAST_FLOOD, options.BroadcastFlood);
                Boolean(IFLA_BRPORT_NEIGH_SUPPRESS, options.NeighbourSuppression);
                Boolean(IFLA_BRPORT_GUARD, options.BpduGuard);
                Boolean(IFLA_BRPORT_PROTECT, options.RootBlock);
                Boolean(IFLA_BRPORT_LOCKED, options.Locked);
            }
        }
    }

    /// <summary>Deletes an interface, and of a veth its peer. ENODEV where there is none.</summary>
    public void DeleteLink(LinkReference link)
    {
        _writer.Begin(RTM_DELLINK, NetlinkFlags.None, nameof(RTM_DELLINK), link.Subject);
        Refer(link, null);
    }

    private static struct_ifinfomsg Information(int index, bool? up) => new()
    {
        ifi_index = index,
        ifi_flags = up == true ? IFF_UP : 0,
        ifi_change = up is null ? 0 : IFF_UP,
    };

    private void Begin(in NewLink link)
    {
        _writer.Begin(RTM_NEWLINK, Make, nameof(RTM_NEWLINK), link.Name);
        _writer.Header(Information(0, link.Up));
        Write(link);
    }

    private void Begin(LinkReference link, bool? up = null)
    {
        _writer.Begin(RTM_NEWLINK, NetlinkFlags.None, nameof(RTM_NEWLINK), link.Subject);
        Refer(link, up);
    }

    private void Refer(LinkReference link, bool? up)
    {
        _writer.Header(Information(link.Index, up));
        if (link.Index == 0)
        {
            _writer.Text(IFLA_IFNAME, link.Name);
        }
    }

    private void Write(in NewLink link)
    {
        _writer.Text(IFLA_IFNAME, link.Name);
        if (link.Address is MacAddress address)
        {
            Address(IFLA_ADDRESS, address);
        }

        if (link.Mtu != 0)
        {
            _writer.UInt32(IFLA_MTU, (uint)link.Mtu);
        }

        if (link.Master != 0)
        {
            _writer.UInt32(IFLA_MASTER, (uint)link.Master);
        }

        if (link.Group != 0)
        {
            _writer.UInt32(IFLA_GROUP, link.Group);
        }

        if (link.Queues != 0)
        {
            _writer.UInt32(IFLA_NUM_TX_QUEUES, (uint)link.Queues);
            _writer.UInt32(IFLA_NUM_RX_QUEUES, (uint)link.Queues);
        }

        if (link.NetworkNamespace is not null)
        {
            _writer.UInt32(IFLA_NET_NS_FD, (uint)link.NetworkNamespace.Number);
        }
    }

    private void Write(in BridgeOptions options)
    {
        Boolean32(IFLA_BR_STP_STATE, options.SpanningTree);
        Ticks(IFLA_BR_FORWARD_DELAY, options.ForwardDelay);
        Ticks(IFLA_BR_AGEING_TIME, options.AgeingTime);
        Boolean(IFLA_BR_MCAST_SNOOPING, options.MulticastSnooping);
        Boolean(IFLA_BR_MCAST_QUERIER, options.MulticastQuerier);
        Boolean(IFLA_BR_NF_CALL_IPTABLES, options.CallIptables);
        Boolean(IFLA_BR_NF_CALL_IP6TABLES, options.CallIptables);
        Boolean(IFLA_BR_NF_CALL_ARPTABLES, options.CallIptables);
    }

    private void Boolean32(int type, bool? value)
    {
        if (value is bool set)
        {
            _writer.UInt32(type, set ? 1u : 0u);
        }
    }

    /// <summary>A time in hundredths of a second (USER_HZ).</summary>
    private void Ticks(int type, TimeSpan? time)
    {
        if (time is TimeSpan set)
        {
            _writer.UInt32(type, (uint)(set.TotalMilliseconds / 10));
        }
    }
}
