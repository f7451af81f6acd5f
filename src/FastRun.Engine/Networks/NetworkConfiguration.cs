using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;
using FastRun.Layers;

namespace FastRun.Engine.Networks;

/// <summary>What <c>config.json</c> says of networks (docs/networks.md).</summary>
public static class NetworkConfiguration
{
    private const string Variable = "FASTRUN_DEFAULT_NETWORK";
    private const int SmallestIPv4 = 30;
    private const int SmallestIPv6 = 126;

    /// <summary>The blocks of <c>default-address-pools</c>, in their order.</summary>
    /// <exception cref="EngineException">One cannot be, or a file cannot be read.</exception>
    internal static List<AddressBlock> AddressPools()
    {
        List<AddressBlock> blocks = [];
        foreach ((string file, string text, int size) in EngineErrors.Translated(ConfigurationFiles.Load).AddressPools)
        {
            if (!Subnet.TryParse(text, out Subnet subnet, out _) || size < subnet.PrefixLength
                || size > (subnet.IsIPv6 ? SmallestIPv6 : SmallestIPv4))
            {
                throw EngineException.Invalid($"{file}: \"default-address-pools\": {{\"base\": \"{text}\", \"size\": {size}}} is no pool");
            }

            blocks.Add(new AddressBlock(subnet, size));
        }

        return blocks;
    }

    /// <summary>The network of containers that ask for none: what the environment says, else the configuration.</summary>
    /// <exception cref="EngineException">A file cannot be read.</exception>
    internal static string DefaultNetwork() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } said ? said
        : EngineErrors.Translated(ConfigurationFiles.Load).DefaultNetwork ?? BuiltInNetworks.Bridge;
}
