using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Engine.Networks;

/// <summary>
/// A network: <c>networks/&lt;id&gt;.json</c>, written once and never changed. Those that are built in and make no bridge
/// (<c>host</c>, <c>none</c>) have no file.
/// </summary>
public sealed record Network
{
    internal const int CurrentSchema = 1;

    /// <summary>The driver of networks that are bridges.</summary>
    public const string BridgeDriver = "bridge";

    /// <summary>The driver of networks whose containers have hardware addresses of their own on an interface of the host.</summary>
    public const string MacvlanDriver = "macvlan";

    /// <summary>The driver of networks whose containers share the hardware address of an interface of the host.</summary>
    public const string IpvlanDriver = "ipvlan";

    /// <summary>The form of the record.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>64 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, which no other network has.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary><c>bridge</c>, <c>macvlan</c> or <c>ipvlan</c>; <c>host</c> and <c>null</c> are those of the networks that make nothing.</summary>
    public string Driver { get; init; } = BridgeDriver;

    /// <summary>Nothing outside can be reached.</summary>
    public bool Internal { get; init; }

    /// <summary>Docker's flag for swarm; kept, and without a meaning on one machine.</summary>
    public bool Attachable { get; init; }

    /// <summary>Containers get addresses of IPv4.</summary>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Containers get addresses of IPv6.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>At most one for each family.</summary>
    public IReadOnlyList<NetworkSubnet> Subnets { get; init; } = [];

    /// <summary>Whether its subnets were asked for, so that a container may ask for an address.</summary>
    public bool HasOwnSubnets { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The host's interface: the bridge, or what the containers' interfaces are on; empty for one that makes none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Whether containers on it find each other by name; not so on the built-in one.</summary>
    public bool ResolvesNames => HasEndpoints && Name != BuiltInNetworks.Bridge;

    /// <summary>Whether its containers have ends of their own in it; in <c>host</c> and <c>none</c> they have none.</summary>
    public bool HasEndpoints => Driver is BridgeDriver or MacvlanDriver or IpvlanDriver;

    /// <summary>Whether it is a bridge of ours, which has rules and forwards.</summary>
    public bool IsBridge => Driver == BridgeDriver;

    /// <summary>The block of IPv4; null where it has none.</summary>
    public Subnet? IPv4 => SubnetOf(isIPv6: false);

    /// <summary>The block of IPv6; null where it has none.</summary>
    public Subnet? IPv6 => SubnetOf(isIPv6: true);

    /// <summary>The bridge's address in a family; null where the network has none there.</summary>
    public IPAddress? Gateway(bool isIPv6) =>
        Config(isIPv6) is { } config && SubnetOf(isIPv6) is { } subnet
            ? config.Gateway.Length > 0 ? IPAddress.Parse(config.Gateway) : subnet.At(1)
            : null;

    /// <summary>What is said of a family; null where the network has none there.</summary>
    internal NetworkSubnet? Config(bool isIPv6)
    {
        foreach (NetworkSubnet config in Subnets)
        {
            if (Networks.Addresses.Subnet.TryParse(config.Subnet, out Subnet subnet, out _) && subnet.IsIPv6 == isIPv6)
            {
                return (isIPv6 ? EnableIPv6 : EnableIPv4) ? config : null;
            }
        }

        return null;
    }

    private Subnet? SubnetOf(bool isIPv6) =>
        Config(isIPv6) is { } config && Networks.Addresses.Subnet.TryParse(config.Subnet, out Subnet subnet, out _) ? subnet : null;
}
