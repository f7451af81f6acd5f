using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Leases;
using FastRun.Native;

namespace FastRun.Engine.Networks.Egress;

/// <summary>A container's end in a network from which it may not send anywhere.</summary>
internal sealed record ConfinedEndpoint
{
    private const int MarkBytes = 2;

    /// <summary>What its chains and sets are called by: its address, of IPv4 where it has one.</summary>
    internal required string Key { get; init; }

    /// <summary>The bridge that it comes by.</summary>
    internal required string Bridge { get; init; }

    /// <summary>Its end as the firewall knows it.</summary>
    internal required FirewallEndpoint Endpoint { get; init; }

    /// <summary>Its own subnets, where it may reach who else is in them; none on the built-in bridge.</summary>
    internal IReadOnlyList<Subnet> Neighbourhood { get; init; } = [];

    /// <summary>
    /// A number of this run, by which a connection that it may have is told from one that the container before it at this
    /// address had: connection tracking remembers those for days.
    /// </summary>
    internal required ushort Mark { get; init; }

    /// <summary>Where it may send.</summary>
    internal required EgressPolicy Policy { get; init; }

    /// <summary>Whether it reaches no neighbour: it is on the built-in bridge, where strangers are.</summary>
    internal bool IsSecluded => Neighbourhood.Count == 0;

    /// <summary>What a lease notes of a policy: the number of the run, then the rules.</summary>
    internal static IReadOnlyList<string> Note(EgressPolicy policy)
    {
        Span<byte> mark = stackalloc byte[MarkBytes];
        do
        {
            RandomBytes.Fill(mark);
        }
        while (BitConverter.ToUInt16(mark) == 0);

        return [BitConverter.ToUInt16(mark).ToString(CultureInfo.InvariantCulture), .. policy.Texts];
    }

    /// <summary>What a lease says; null where its container may send anywhere.</summary>
    internal static ConfinedEndpoint? Of(LeaseRecord lease, Network network)
    {
        if (lease.Egress.Count == 0 || KeyOf(lease) is not { } key)
        {
            return null;
        }

        List<Subnet> neighbourhood = [];
        foreach (Subnet? subnet in new[] { network.IPv4, network.IPv6 })
        {
            if (subnet is { } own && network.Name != BuiltInNetworks.Bridge)
            {
                neighbourhood.Add(own);
            }
        }

        return new ConfinedEndpoint
        {
            Key = key,
            Bridge = network.Interface,
            Endpoint = FirewallState.Of(lease),
            Neighbourhood = neighbourhood,
            Mark = ushort.Parse(lease.Egress[0], NumberStyles.None, CultureInfo.InvariantCulture),
            Policy = EgressPolicy.Parse([.. lease.Egress.Skip(1)]),
        };
    }

    /// <summary>The key of a lease's end; null where it has no address.</summary>
    internal static string? KeyOf(LeaseRecord lease) => KeyOf(lease.IPv4, lease.IPv6);

    private static string? KeyOf(IPAddress? ipv4, IPAddress? ipv6) => (ipv4 ?? ipv6)?.ToString();
}
