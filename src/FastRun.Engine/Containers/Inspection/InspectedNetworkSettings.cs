using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>A container's networks (Engine API, NetworkSettings).</summary>
public sealed class InspectedNetworkSettings
{
    /// <summary>Empty: the bridge has no name of its own.</summary>
    public string Bridge { get; init; } = "";

    /// <summary>Empty: it has no id of its own.</summary>
    [JsonPropertyName("SandboxID")]
    public string SandboxId { get; init; } = "";

    /// <summary>The network namespace while it runs.</summary>
    public required string SandboxKey { get; init; }

    /// <summary>The published ports.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<InspectedPortBinding>?> Ports { get; init; } =
        new Dictionary<string, IReadOnlyList<InspectedPortBinding>?>();

    /// <summary>Its id in the network.</summary>
    [JsonPropertyName("EndpointID")]
    public string EndpointId { get; init; } = "";

    /// <summary>The way out.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>Its address in IPv6.</summary>
    public string GlobalIPv6Address { get; init; } = "";

    /// <summary>The length of that network's prefix.</summary>
    public int GlobalIPv6PrefixLen { get; init; }

    /// <summary>Its address.</summary>
    public string IPAddress { get; init; } = "";

    /// <summary>The length of the network's prefix.</summary>
    public int IPPrefixLen { get; init; }

    /// <summary>The way out in IPv6.</summary>
    public string IPv6Gateway { get; init; } = "";

    /// <summary>Its hardware address.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>The networks by name.</summary>
    public required IReadOnlyDictionary<string, InspectedEndpoint> Networks { get; init; }
}
