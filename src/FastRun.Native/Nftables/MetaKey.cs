namespace FastRun.Native.Nftables;

/// <summary>What is known of a packet besides its bytes (<c>enum nft_meta_keys</c>).</summary>
public enum MetaKey
{
    /// <summary>The protocol of its network layer as in an Ethernet frame, two bytes in network order.</summary>
    Protocol = 1,

    /// <summary>The name of the interface that it came in by, 16 bytes.</summary>
    InputName = 6,

    /// <summary>The name of the interface that it goes out by, 16 bytes.</summary>
    OutputName = 7,

    /// <summary>IPv4 or IPv6, as <see cref="TableFamily"/>, one byte.</summary>
    NetworkFamily = 15,

    /// <summary>The protocol above IP, one byte.</summary>
    TransportProtocol = 16,

    /// <summary>The group of the interface that it came in by, four bytes in the host's order.</summary>
    InputGroup = 21,
}
