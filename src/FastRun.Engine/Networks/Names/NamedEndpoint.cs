using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers.References;
using FastRun.Native.Launch;

namespace FastRun.Engine.Networks.Names;

/// <summary>What a container is called in one network, and where it is there.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="Name">What its address is called: its name, or its short id where it has none.</param>
/// <param name="Aliases">What else leads to it: its short id, aliases.</param>
/// <param name="Addresses">At most one of each family.</param>
/// <param name="Owner">The process that holds the container: when that is gone, so is the container.</param>
internal sealed record NamedEndpoint(
    string ContainerId, string Name, IReadOnlyList<string> Aliases, IReadOnlyList<IPAddress> Addresses, ProcessInstance Owner)
{
    /// <summary>Names that only this container has for others in the network, <c>name:alias</c>.</summary>
    internal IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>What a lease says.</summary>
    internal static NamedEndpoint Of(LeaseRecord lease)
    {
        string shortId = ShortId.Of(lease.ContainerId);
        List<IPAddress> addresses = [];
        if (lease.IPv4 is { } ipv4)
        {
            addresses.Add(ipv4);
        }

        if (lease.IPv6 is { } ipv6)
        {
            addresses.Add(ipv6);
        }

        return new NamedEndpoint(
            lease.ContainerId,
            lease.ContainerName.Length > 0 ? lease.ContainerName : shortId,
            [shortId, .. lease.Aliases],
            addresses,
            lease.Owner) { Links = lease.Links };
    }
}
