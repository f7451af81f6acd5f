using System.Collections.Generic;
using FastRun.Engine.Networks.Leases;

namespace FastRun.Engine.Networks;

/// <summary>A container's end in a network, as others see it (Engine API, EndpointSettings).</summary>
public sealed record NetworkEndpointSummary
{
    /// <summary>The network's id.</summary>
    public required string NetworkId { get; init; }

    /// <summary>The network's name.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The container's id.</summary>
    public required string ContainerId { get; init; }

    /// <summary>The container's name; empty for a sandbox that has none.</summary>
    public required string ContainerName { get; init; }

    /// <summary>The end's own id.</summary>
    public required string EndpointId { get; init; }

    /// <summary>The hardware address.</summary>
    public required string MacAddress { get; init; }

    /// <summary>Other names in the network.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>The address; empty for none.</summary>
    public required string IPv4 { get; init; }

    /// <summary>The prefix length of the address.</summary>
    public required int IPv4PrefixLength { get; init; }

    /// <summary>The way out; empty for none.</summary>
    public required string IPv4Gateway { get; init; }

    /// <summary>The address in IPv6; empty for none.</summary>
    public required string IPv6 { get; init; }

    /// <summary>The prefix length of the address in IPv6.</summary>
    public required int IPv6PrefixLength { get; init; }

    /// <summary>The way out in IPv6; empty for none.</summary>
    public required string IPv6Gateway { get; init; }

    internal static NetworkEndpointSummary Of(Network network, LeaseRecord lease) => new()
    {
        NetworkId = lease.NetworkId,
        NetworkName = lease.NetworkName,
        ContainerId = lease.ContainerId,
        ContainerName = lease.ContainerName,
        EndpointId = lease.EndpointId,
        MacAddress = lease.MacAddress,
        Aliases = lease.Aliases,
        IPv4 = lease.IPv4?.ToString() ?? "",
        IPv4PrefixLength = lease.IPv4 is null ? 0 : network.IPv4?.PrefixLength ?? 0,
        IPv4Gateway = lease.IPv4 is null || network.Internal ? "" : network.Gateway(isIPv6: false)?.ToString() ?? "",
        IPv6 = lease.IPv6?.ToString() ?? "",
        IPv6PrefixLength = lease.IPv6 is null ? 0 : network.IPv6?.PrefixLength ?? 0,
        IPv6Gateway = lease.IPv6 is null || network.Internal ? "" : network.Gateway(isIPv6: true)?.ToString() ?? "",
    };
}
