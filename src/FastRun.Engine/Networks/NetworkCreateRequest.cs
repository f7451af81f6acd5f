using System.Collections.Generic;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Engine.Networks;

/// <summary>What a network is to be (Engine API, NetworkCreate). Values are not judged: that is the engine's.</summary>
public sealed record NetworkCreateRequest
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its driver.</summary>
    public string Driver { get; init; } = Network.BridgeDriver;

    /// <summary>Nothing outside is to be reached.</summary>
    public bool Internal { get; init; }

    /// <summary>Docker's flag for swarm.</summary>
    public bool Attachable { get; init; }

    /// <summary>Whether containers get addresses of IPv4.</summary>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Whether containers get addresses of IPv6.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>What is asked for in each family.</summary>
    public IReadOnlyList<NetworkSubnet> Subnets { get; init; } = [];

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
