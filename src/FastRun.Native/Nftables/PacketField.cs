namespace FastRun.Native.Nftables;

/// <summary>A part of a packet's headers.</summary>
/// <param name="Base">0 the link layer's header, 1 the network's, 2 the transport's (<c>enum nft_payload_bases</c>).</param>
/// <param name="Offset">Where it begins in that header, in bytes.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct PacketField(byte Base, byte Offset, byte Length)
{
    private const byte Link = 0;
    private const byte Network = 1;
    private const byte Transport = 2;

    /// <summary>The hardware address that a frame comes from.</summary>
    public static PacketField EtherSource => new(Link, 6, 6);

    /// <summary>The IPv4 address that a packet comes from.</summary>
    public static PacketField Ipv4Source => new(Network, 12, 4);

    /// <summary>The IPv4 address that it goes to.</summary>
    public static PacketField Ipv4Destination => new(Network, 16, 4);

    /// <summary>The first byte of that.</summary>
    public static PacketField Ipv4DestinationFirstByte => new(Network, 16, 1);

    /// <summary>The IPv6 address that a packet comes from.</summary>
    public static PacketField Ipv6Source => new(Network, 8, 16);

    /// <summary>The IPv6 address that it goes to.</summary>
    public static PacketField Ipv6Destination => new(Network, 24, 16);

    /// <summary>The first byte of that.</summary>
    public static PacketField Ipv6DestinationFirstByte => new(Network, 24, 1);

    /// <summary>The address that an ARP packet says its sender has, of hardware.</summary>
    public static PacketField ArpSenderHardware => new(Network, 8, 6);

    /// <summary>The address that an ARP packet says its sender has.</summary>
    public static PacketField ArpSenderAddress => new(Network, 14, 4);

    /// <summary>The source port of TCP, UDP or SCTP.</summary>
    public static PacketField SourcePort => new(Transport, 0, 2);

    /// <summary>The destination port of TCP, UDP or SCTP.</summary>
    public static PacketField DestinationPort => new(Transport, 2, 2);

    /// <summary>The type of an ICMP message.</summary>
    public static PacketField IcmpType => new(Transport, 0, 1);

    /// <summary>The address that a neighbour advertisement is about (RFC 4861, 4.4).</summary>
    public static PacketField NeighbourTarget => new(Transport, 8, 16);
}
