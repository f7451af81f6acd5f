using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>A container's end in a network (Engine API, EndpointSettings). <c>none</c> and <c>host</c> give it nothing.</summary>
public sealed class InspectedEndpoint
{
    /// <summary>The addresses that were asked for.</summary>
    [JsonPropertyName("IPAMConfig")]
    public InspectedAddressRequest? IpamConfig { get; init; }

    /// <summary>Its own names for others in the network, <c>name:alias</c>.</summary>
    public IReadOnlyList<string>? Links { get; init; }

    /// <summary>Its other names in the network.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Its hardware address.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }

    /// <summary>Which of several networks is the way out.</summary>
    public int GwPriority { get; init; }

    /// <summary>The network's id.</summary>
    [JsonPropertyName("NetworkID")]
    public string NetworkId { get; init; } = "";

    /// <summary>Its id in the network.</summary>
    [JsonPropertyName("EndpointID")]
    public string EndpointId { get; init; } = "";

    /// <summary>The way out.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>Its address.</summary>
    public string IPAddress { get; init; } = "";

    /// <summary>The length of the network's prefix.</summary>
    public int IPPrefixLen { get; init; }

    /// <summary>The way out in IPv6.</summary>
    public string IPv6Gateway { get; init; } = "";

    /// <summary>Its address in IPv6.</summary>
    public string GlobalIPv6Address { get; init; } = "";

    /// <summary>The length of that network's prefix.</summary>
    public int GlobalIPv6PrefixLen { get; init; }

    /// <summary>Its names that the network resolves.</summary>
    [JsonPropertyName("DNSNames")]
    public IReadOnlyList<string>? DnsNames { get; init; }
}
