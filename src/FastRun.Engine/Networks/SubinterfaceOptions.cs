using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks;

/// <summary>The options of the drivers macvlan and ipvlan, in Docker's spelling (<c>docker network create -d macvlan -o parent=eth0</c>).</summary>
internal sealed record SubinterfaceOptions
{
    private const string Prefix = "com.docker.network.";

    /// <summary>The host's interface that the containers' are on; null for one of ours that leads nowhere.</summary>
    internal string? Parent { get; private init; }

    /// <summary>How interfaces of macvlan reach each other.</summary>
    internal MacvlanMode Macvlan { get; private init; } = MacvlanMode.Bridge;

    /// <summary>What interfaces of ipvlan are to their parent.</summary>
    internal IpvlanMode Ipvlan { get; private init; } = IpvlanMode.L2;

    /// <summary>How interfaces of ipvlan reach each other.</summary>
    internal IpvlanIsolation Isolation { get; private init; } = IpvlanIsolation.Bridge;

    /// <summary>The largest packet in bytes; null for the parent's.</summary>
    internal int? Mtu { get; private init; }

    /// <summary>The name of a container's interface without its number.</summary>
    internal string ContainerPrefix { get; private init; } = BridgeDriverOptions.DefaultContainerPrefix;

    /// <summary>Reads the options of a network.</summary>
    internal static SubinterfaceOptions Of(Network network) => Parse(network.Driver, network.Options);

    /// <summary>Reads the options.</summary>
    /// <exception cref="EngineException">The driver has no such option, or it cannot have that value.</exception>
    internal static SubinterfaceOptions Parse(string driver, IReadOnlyDictionary<string, string> options)
    {
        SubinterfaceOptions parsed = new();
        foreach ((string key, string value) in options)
        {
            parsed = (driver, key) switch
            {
                (_, "parent") => parsed with { Parent = BridgeDriverOptions.InterfaceName(value) },
                (Network.MacvlanDriver, "macvlan_mode") => parsed with { Macvlan = MacvlanModeOf(value) },
                (Network.IpvlanDriver, "ipvlan_mode") => parsed with { Ipvlan = IpvlanModeOf(value) },
                (Network.IpvlanDriver, "ipvlan_flag") => parsed with { Isolation = IsolationOf(value) },
                (_, Prefix + "driver.mtu") => parsed with { Mtu = BridgeDriverOptions.MtuOf(value) },
                (_, Prefix + "container_iface_prefix") => parsed with { ContainerPrefix = BridgeDriverOptions.InterfaceName(value) },
                _ => throw EngineException.Invalid($"invalid option \"{key}\": the driver {driver} has no such option"),
            };
        }

        return parsed;
    }

    private static MacvlanMode MacvlanModeOf(string value) => value switch
    {
        "bridge" or "" => MacvlanMode.Bridge,
        "private" => MacvlanMode.Private,
        "vepa" => MacvlanMode.Vepa,
        "passthru" => MacvlanMode.PassThrough,
        _ => throw EngineException.Invalid($"requested macvlan mode '{value}' is not valid, 'bridge' mode is the macvlan driver default"),
    };

    private static IpvlanMode IpvlanModeOf(string value) => value switch
    {
        "l2" or "" => IpvlanMode.L2,
        "l3" => IpvlanMode.L3,
        "l3s" => IpvlanMode.L3S,
        _ => throw EngineException.Invalid($"requested ipvlan mode '{value}' is not valid, 'l2' mode is the ipvlan driver default"),
    };

    private static IpvlanIsolation IsolationOf(string value) => value switch
    {
        "bridge" or "" => IpvlanIsolation.Bridge,
        "private" => IpvlanIsolation.Private,
        "vepa" => IpvlanIsolation.Vepa,
        _ => throw EngineException.Invalid($"requested ipvlan flag '{value}' is not valid, 'bridge' is the ipvlan driver default"),
    };
}
