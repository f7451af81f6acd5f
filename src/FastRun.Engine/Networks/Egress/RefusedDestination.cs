using System.Net;

namespace FastRun.Engine.Networks.Egress;

/// <summary>Where a container sent something that its policy refused.</summary>
/// <param name="Address">The destination.</param>
/// <param name="Protocol">The protocol above IP, by its number.</param>
/// <param name="Port">The port; 0 where the protocol has none.</param>
/// <param name="Packets">How many packets.</param>
public sealed record RefusedDestination(IPAddress Address, byte Protocol, ushort Port, ulong Packets)
{
    /// <summary>A name that the container was told this address for; null where there was none.</summary>
    public string? Name { get; init; }

    /// <summary>The protocol as people call it, or its number.</summary>
    public string ProtocolName => Protocol switch
    {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        58 => "icmpv6",
        132 => "sctp",
        _ => Protocol.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
