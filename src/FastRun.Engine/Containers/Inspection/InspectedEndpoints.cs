using System;
using System.Collections.Generic;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Cni;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;
using FastRun.Layers.References;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>What <c>inspect</c> tells of a container's networks: what was asked for, and while it runs what it has.</summary>
internal static class InspectedEndpoints
{
    /// <summary>By the network's name.</summary>
    internal static Dictionary<string, InspectedEndpoint> Of(StateLayout layout, Container container)
    {
        string mode = RequestedNetworks.ModeOf(container.Record.Request);
        if (NetworkMode.SharedContainer(mode) is not null)
        {
            return [];
        }

        NetworkStore store = new(layout);
        Dictionary<string, InspectedEndpoint> endpoints = new(StringComparer.Ordinal);
        if (NetworkMode.CniNetwork(mode) is not null)
        {
            endpoints[mode] = DescribeCni(layout, container);
            return endpoints;
        }

        if (!NetworkMode.IsBridge(mode))
        {
            endpoints[mode] = new InspectedEndpoint { NetworkId = container.IsRunning ? store.TryFindByName(mode)?.Id ?? "" : "" };
            return endpoints;
        }

        foreach (EndpointRequest request in RequestedNetworks.EndpointsOf(container.Record.Request))
        {
            Network? network = store.TryFind(request.Network);
            endpoints[network?.Name ?? request.Network] = Describe(layout, container, network, request);
        }

        return endpoints;
    }

    private static InspectedEndpoint DescribeCni(StateLayout layout, Container container)
    {
        if (!container.IsRunning || CniAttachment.Read(layout, container.Id) is not { } found)
        {
            return new InspectedEndpoint();
        }

        var ipv4 = found.Result.First(isIPv6: false);
        var ipv6 = found.Result.First(isIPv6: true);
        return new InspectedEndpoint
        {
            MacAddress = found.Result.MacAddress,
            Gateway = ipv4?.Gateway?.ToString() ?? "",
            IPAddress = ipv4?.Address.ToString() ?? "",
            IPPrefixLen = ipv4?.PrefixLength ?? 0,
            IPv6Gateway = ipv6?.Gateway?.ToString() ?? "",
            GlobalIPv6Address = ipv6?.Address.ToString() ?? "",
            GlobalIPv6PrefixLen = ipv6?.PrefixLength ?? 0,
        };
    }

    private static InspectedEndpoint Describe(StateLayout layout, Container container, Network? network, EndpointRequest request)
    {
        InspectedEndpoint endpoint = new()
        {
            IpamConfig = request.IPv4 is null && request.IPv6 is null && request.LinkLocalAddresses.Count == 0
                ? null
                : new InspectedAddressRequest(request.IPv4, request.IPv6, request.LinkLocalAddresses.Count == 0 ? null : request.LinkLocalAddresses),
            GwPriority = request.GwPriority,
            Links = request.Links.Count == 0 ? null : request.Links,
            Aliases = request.Aliases.Count == 0 ? null : request.Aliases,
            DriverOpts = request.Options.Count == 0 ? null : request.Options,
        };
        LeaseRecord? lease = network is null || !container.IsRunning
            ? null
            : NetworkLeases.Of(layout, network.Id).Find(each => each.ContainerId == container.Id);
        if (lease is null)
        {
            return endpoint;
        }

        NetworkEndpointSummary summary = NetworkEndpointSummary.Of(network!, lease);
        return new InspectedEndpoint
        {
            IpamConfig = endpoint.IpamConfig,
            Links = endpoint.Links,
            Aliases = endpoint.Aliases,
            DriverOpts = endpoint.DriverOpts,
            GwPriority = endpoint.GwPriority,
            MacAddress = summary.MacAddress,
            NetworkId = summary.NetworkId,
            EndpointId = summary.EndpointId,
            Gateway = summary.IPv4Gateway,
            IPAddress = summary.IPv4,
            IPPrefixLen = summary.IPv4PrefixLength,
            IPv6Gateway = summary.IPv6Gateway,
            GlobalIPv6Address = summary.IPv6,
            GlobalIPv6PrefixLen = summary.IPv6PrefixLength,
            DnsNames = network!.ResolvesNames ? [container.Name, .. request.Aliases, ShortId.Of(container.Id)] : null,
        };
    }
}
