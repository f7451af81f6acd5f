namespace FastRun.Native.Netlink;

/// <summary>What the kernel tells of an interface (RTM_GETLINK).</summary>
public sealed record LinkInfo
{
    /// <summary>Its index in its namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What makes it (IFLA_INFO_KIND): <c>bridge</c>, <c>veth</c>; null for a device's and the loopback interface.</summary>
    public string? Kind { get; init; }

    /// <summary>Whether it is up (IFF_UP).</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether packets can pass: up, and connected to something that is (IFF_LOWER_UP).</summary>
    public bool HasCarrier { get; init; }

    /// <summary>Its largest packet in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Its hardware address; null where that is none of Ethernet.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>The index of the bridge that it is a port of; 0 for none.</summary>
    public int Master { get; init; }

    /// <summary>The index of what it is on, or a veth's peer; 0 for none. In the namespace <see cref="ParentNamespace"/>.</summary>
    public int Parent { get; init; }

    /// <summary>The number that the asked namespace gives the one that <see cref="Parent"/> is in; null for the asked one itself.</summary>
    public int? ParentNamespace { get; init; }

    /// <summary>The text that goes with it; empty for none.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Its counters.</summary>
    public LinkStatistics Statistics { get; init; }
}
