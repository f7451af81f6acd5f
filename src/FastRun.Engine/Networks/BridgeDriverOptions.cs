using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Engine.Networks;

/// <summary>The options of the bridge driver, in Docker's spelling (<c>docker network create -o</c>).</summary>
internal sealed record BridgeDriverOptions
{
    /// <summary>What interfaces in containers are called, without the number.</summary>
    internal const string DefaultContainerPrefix = "eth";

    private const string Prefix = "com.docker.network.";
    private const int LongestInterfaceName = 15;
    private const int LeastMtu = 68;
    private const int MostMtu = 65535;

    /// <summary>The name of the bridge interface; null for one of ours.</summary>
    internal string? Interface { get; private init; }

    /// <summary>The largest packet in bytes; null for the kernel's default.</summary>
    internal int? Mtu { get; private init; }

    /// <summary>Whether what leaves for the outside gets the host's address.</summary>
    internal bool Masquerades { get; private init; } = true;

    /// <summary>Whether containers of the network can reach each other.</summary>
    internal bool ConnectsContainers { get; private init; } = true;

    /// <summary>The address of the host that ports are published at; null for all.</summary>
    internal string? HostAddress { get; private init; }

    /// <summary>The name of a container's interface without its number.</summary>
    internal string ContainerPrefix { get; private init; } = DefaultContainerPrefix;

    /// <summary>Reads the options.</summary>
    /// <exception cref="EngineException">There is no such option, or it cannot have that value.</exception>
    internal static BridgeDriverOptions Parse(IReadOnlyDictionary<string, string> options)
    {
        BridgeDriverOptions parsed = new();
        foreach ((string key, string value) in options)
        {
            parsed = key switch
            {
                Prefix + "bridge.name" => parsed with { Interface = InterfaceName(value) },
                Prefix + "driver.mtu" => parsed with { Mtu = MtuOf(value) },
                Prefix + "bridge.enable_ip_masquerade" => parsed with { Masquerades = Flag(key, value) },
                Prefix + "bridge.enable_icc" => parsed with { ConnectsContainers = Flag(key, value) },
                Prefix + "bridge.host_binding_ipv4" or Prefix + "host_ipv4" => parsed with { HostAddress = Address(key, value) },
                Prefix + "container_iface_prefix" => parsed with { ContainerPrefix = InterfaceName(value) },
                _ => throw EngineException.Invalid($"invalid option \"{key}\": the driver bridge has no such option"),
            };
        }

        return parsed;
    }

    /// <summary>Whether a text can be the name of an interface (dev_valid_name in the kernel).</summary>
    internal static bool IsInterfaceName(string text)
    {
        if (text.Length is 0 or > LongestInterfaceName || text is "." or "..")
        {
            return false;
        }

        foreach (char c in text)
        {
            if (c is '/' or ':' or '%' || c <= ' ' || c > '~')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The name of an interface.</summary>
    /// <exception cref="EngineException">It cannot be one.</exception>
    internal static string InterfaceName(string value) =>
        IsInterfaceName(value) ? value : throw EngineException.Invalid($"invalid interface name '{value}'");

    /// <summary>The largest packet in bytes.</summary>
    /// <exception cref="EngineException">It is no number, or too small or too large.</exception>
    internal static int MtuOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu) && mtu is >= LeastMtu and <= MostMtu
            ? mtu
            : throw EngineException.Invalid($"invalid MTU '{value}': it must be {LeastMtu} to {MostMtu}");

    private static bool Flag(string key, string value) => value switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw EngineException.Invalid($"invalid option {key}: '{value}' is neither true nor false"),
    };

    private static string Address(string key, string value) =>
        Subnet.TryParseAddress(value, out _) ? value : throw EngineException.Invalid($"invalid option {key}: '{value}' is no address");
}
