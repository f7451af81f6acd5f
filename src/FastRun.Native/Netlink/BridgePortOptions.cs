namespace FastRun.Native.Netlink;

/// <summary>Attributes of a port of a bridge (IFLA_BRPORT_*, bridge(8)); null leaves them.</summary>
public readonly record struct BridgePortOptions
{
    /// <summary>Does not exchange packets with other isolated ports.</summary>
    public bool? Isolated { get; init; }

    /// <summary>May get back what came from it (hairpin mode).</summary>
    public bool? Hairpin { get; init; }

    /// <summary>The bridge learns source addresses from it.</summary>
    public bool? Learning { get; init; }

    /// <summary>Packets for unknown unicast addresses go to it.</summary>
    public bool? UnicastFlood { get; init; }

    /// <summary>Packets for multicast groups without a known listener go to it.</summary>
    public bool? MulticastFlood { get; init; }

    /// <summary>Broadcasts go to it.</summary>
    public bool? BroadcastFlood { get; init; }

    /// <summary>The bridge answers ARP and neighbour solicitations for whom it knows.</summary>
    public bool? NeighbourSuppression { get; init; }

    /// <summary>Spanning tree packets from it shut it.</summary>
    public bool? BpduGuard { get; init; }

    /// <summary>It never becomes the way to the root bridge.</summary>
    public bool? RootBlock { get; init; }

    /// <summary>Only source addresses that the forwarding table has for it pass (Linux 5.18; EOPNOTSUPP or ignored before).</summary>
    public bool? Locked { get; init; }
}
