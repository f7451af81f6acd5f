using System;
using System.Collections.Generic;
using FastRun.Engine.Networks.Ports;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>What the firewall knows of a container's end in a network: at least one of the addresses.</summary>
/// <param name="Mac">Its hardware address.</param>
/// <param name="IPv4">Its address, where it has one.</param>
/// <param name="IPv6">Its address in IPv6, where it has one.</param>
internal sealed record FirewallEndpoint(MacAddress Mac, InternetAddress? IPv4, InternetAddress? IPv6)
{
    /// <summary>The beginning of the names of the host's ends of cables: whatever is called otherwise is not guarded.</summary>
    internal const string CablePrefix = "fr";

    /// <summary>The group of cables that carry nothing any more: no container has this address.</summary>
    internal const uint CutGroup = uint.MaxValue;

    /// <summary>Whether its cable is to carry nothing once it is dismissed, though its namespace be in use still.</summary>
    internal bool IsConfined { get; init; }
    /// <summary>Addresses of its link that somebody gave it besides.</summary>
    internal IReadOnlyList<InternetAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>The ports of the host that lead to it.</summary>
    internal IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    /// <summary>
    /// The group that the host's end of its cable is made in (<see cref="NewLink.Group"/>): what comes out of it must bear these
    /// addresses. It follows from the address, so what the firewall knows of an address is the same for all containers that
    /// get it, one after the other: nothing has to be removed when one ends, which would cost a grace period of RCU.
    /// </summary>
    internal uint Group
    {
        get
        {
            if (IPv4 is { } ipv4)
            {
                return (uint)ipv4.Bits;
            }

            UInt128 bits = IPv6?.Bits ?? 0;
            return (uint)(bits >> 96) ^ (uint)(bits >> 64) ^ (uint)(bits >> 32) ^ (uint)bits;
        }
    }

    /// <summary>Whether all that the guard knows of it follows from its address, and is the same for whoever has that next.</summary>
    internal bool IsUsual => LinkLocalAddresses.Count == 0 && HasUsualMac;

    private bool HasUsualMac => IPv4 is { } ipv4 && Mac == MacAddress.OfIPv4(ipv4);

    /// <summary>The address of its link that the kernel makes of its hardware address (RFC 4291, appendix A).</summary>
    internal InternetAddress LinkLocalAddress => new(
        ((UInt128)0xFE80_0000_0000_0000 << 64) | ((Mac.Bits >> 24) << 40) ^ (2UL << 56) | (0xFFFEUL << 24) | (Mac.Bits & 0xFFFFFF), IsIPv6: true);
}
