using System.Collections.Generic;

namespace FastRun.Engine.Networks;

/// <summary>What a container asks for in one network (Engine API, EndpointSettings). Values are parsed but not judged.</summary>
public sealed record EndpointRequest
{
    /// <summary>The network's name or id.</summary>
    public required string Network { get; init; }

    /// <summary>The address; null for any.</summary>
    public string? IPv4 { get; init; }

    /// <summary>The address in IPv6; null for any.</summary>
    public string? IPv6 { get; init; }

    /// <summary>The hardware address; null for one that follows from the address.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Other names in the network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Names that only this container has for others in the network, <c>name:alias</c> (<see cref="Links.LinkSyntax"/>); the others need not be there.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Of the networks that lead outside, the one with the highest is the way out; of several the first.</summary>
    public int GwPriority { get; init; }

    /// <summary>Addresses of its link that it gets besides (<c>--link-local-ip</c>), in both families.</summary>
    public IReadOnlyList<string> LinkLocalAddresses { get; init; } = [];

    /// <summary>The driver's options for this end.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
