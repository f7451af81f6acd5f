using System;
using System.Globalization;
using System.Net;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks.Ports;

/// <summary>A port of the host that leads to one of a container that runs.</summary>
/// <param name="Protocol">The protocol of both.</param>
/// <param name="HostAddress">The host's address that it is published at; all zeros for any of its family.</param>
/// <param name="HostPort">The host's port.</param>
/// <param name="Container">The container's address, of the same family where it has one.</param>
/// <param name="ContainerPort">The container's port.</param>
public sealed record PublishedPort(
    TransportProtocol Protocol, InternetAddress HostAddress, ushort HostPort, InternetAddress Container, ushort ContainerPort)
{
    private const int LoopbackNetwork = 127;

    /// <summary>Whether only the host itself can reach it.</summary>
    internal bool IsLoopback => HostAddress.IsIPv6 ? HostAddress.Bits == 1 : (uint)HostAddress.Bits >> 24 == LoopbackNetwork;

    /// <summary>The protocol as Docker writes it, <c>tcp</c>.</summary>
    public string ProtocolName => NameOf(Protocol);

    /// <summary>What a lease says of it: <c>0.0.0.0:8080-80/tcp</c>, <c>[::]:8080-80/tcp</c>.</summary>
    public override string ToString()
    {
        string host = HostAddress.IsIPv6 ? $"[{HostAddress}]" : HostAddress.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{HostPort}-{ContainerPort}/{ProtocolName}");
    }

    /// <summary>Reads what a lease says; null where that is damaged.</summary>
    /// <param name="text">As <see cref="ToString"/> writes it.</param>
    /// <param name="ipv4">The container's address.</param>
    /// <param name="ipv6">Its address in IPv6.</param>
    public static PublishedPort? TryParse(ReadOnlySpan<char> text, IPAddress? ipv4, IPAddress? ipv6)
    {
        int colon = text.LastIndexOf(':');
        ReadOnlySpan<char> ports = text[(colon + 1)..];
        int dash = ports.IndexOf('-');
        int slash = ports.IndexOf('/');
        if (colon < 0 || dash < 0 || slash < dash
            || ProtocolOf(ports[(slash + 1)..]) is not { } protocol
            || !IPAddress.TryParse(text[..colon].Trim("[]"), out IPAddress? host)
            || !TryPort(ports[..dash], out ushort hostPort)
            || !TryPort(ports[(dash + 1)..slash], out ushort containerPort))
        {
            return null;
        }

        InternetAddress hostAddress = host;
        IPAddress? container = hostAddress.IsIPv6 ? ipv6 ?? ipv4 : ipv4 ?? ipv6;
        return container is null ? null : new PublishedPort(protocol, hostAddress, hostPort, container, containerPort);
    }

    /// <summary>The protocol of a name in lower case; null for one that has no ports.</summary>
    internal static TransportProtocol? ProtocolOf(ReadOnlySpan<char> name) => name switch
    {
        "tcp" => TransportProtocol.Tcp,
        "udp" => TransportProtocol.Udp,
        "sctp" => TransportProtocol.Sctp,
        _ => null,
    };

    /// <summary>The name of a protocol.</summary>
    internal static string NameOf(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        _ => "sctp",
    };

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
