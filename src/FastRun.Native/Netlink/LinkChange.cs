namespace FastRun.Native.Netlink;

/// <summary>What changes about an interface, in one request; null leaves it. Its parts are done in the kernel's order: namespace, address, MTU, name, master, up.</summary>
public readonly record struct LinkChange
{
    /// <summary>Up or down.</summary>
    public bool? Up { get; init; }

    /// <summary>The index of the bridge that it becomes a port of; 0 takes it out of its bridge.</summary>
    public int? Master { get; init; }

    /// <summary>The largest packet in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Its new name.</summary>
    public string? Name { get; init; }

    /// <summary>Its hardware address.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>Its group, by which rules know it.</summary>
    public uint? Group { get; init; }

    /// <summary>The namespace that it moves to; there it is down and has no addresses.</summary>
    public Fd? NetworkNamespace { get; init; }

    /// <summary>A text that goes with it (IFLA_IFALIAS): at most 255 bytes; empty removes it.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether it gives itself an IPv6 link-local address when it comes up (IFLA_INET6_ADDR_GEN_MODE).</summary>
    public bool? LinkLocalAddress { get; init; }
}
