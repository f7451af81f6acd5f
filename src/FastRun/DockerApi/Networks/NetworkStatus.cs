using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.DockerApi.Networks;

/// <summary>How many addresses of a network's subnets are in use (Engine API, NetworkStatus, since 1.52).</summary>
internal static class NetworkStatus
{
    internal static JsonObject Of(NetworkDetails details)
    {
        JsonObject subnets = [];
        foreach (NetworkSubnet subnet in details.Network.Subnets)
        {
            if (IPNetwork.TryParse(subnet.Subnet, out IPNetwork network))
            {
                subnets[subnet.Subnet] = Of(subnet, network, details.Endpoints);
            }
        }

        return new JsonObject { ["IPAM"] = new JsonObject { ["Subnets"] = subnets } };
    }

    /// <summary>Reserved are the network's own address, in IPv4 the broadcast's, the gateway, and those that the user keeps.</summary>
    private static JsonObject Of(NetworkSubnet subnet, IPNetwork network, IReadOnlyList<NetworkEndpointSummary> endpoints)
    {
        bool isIPv6 = network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        HashSet<IPAddress> used = [network.BaseAddress];
        if (!isIPv6)
        {
            used.Add(Last(network));
        }

        Add(used, network, subnet.Gateway);
        foreach (string address in subnet.AuxAddresses.Values)
        {
            Add(used, network, address);
        }

        foreach (NetworkEndpointSummary endpoint in endpoints)
        {
            Add(used, network, isIPv6 ? endpoint.IPv6 : endpoint.IPv4);
        }

        IPNetwork range = IPNetwork.TryParse(subnet.IPRange, out IPNetwork given) ? given : network;
        ulong usedInRange = 0;
        foreach (IPAddress address in used)
        {
            usedInRange += range.Contains(address) ? 1UL : 0;
        }

        return new JsonObject { ["IPsInUse"] = used.Count, ["DynamicIPsAvailable"] = Size(range, isIPv6) - usedInRange };
    }

    private static void Add(HashSet<IPAddress> used, IPNetwork network, string text)
    {
        if (IPAddress.TryParse(text, out IPAddress? address) && network.Contains(address))
        {
            used.Add(address);
        }
    }

    /// <summary>How many addresses it has; 2^64 - 1 for more.</summary>
    private static ulong Size(IPNetwork network, bool isIPv6)
    {
        int bits = (isIPv6 ? 128 : 32) - network.PrefixLength;
        return bits >= 64 ? ulong.MaxValue : 1UL << bits;
    }

    private static IPAddress Last(IPNetwork network)
    {
        Span<byte> bytes = stackalloc byte[4];
        network.BaseAddress.TryWriteBytes(bytes, out _);
        uint first = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, first | (uint)(Size(network, isIPv6: false) - 1));
        return new IPAddress(bytes);
    }
}
