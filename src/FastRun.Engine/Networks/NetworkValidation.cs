using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Engine.Networks;

/// <summary>The checks of a network that is to be made, in the words of Docker's daemon.</summary>
internal static class NetworkValidation
{
    private const int LongestName = 255;
    private const int LeastHostBits = 2;

    /// <summary>Checks a request.</summary>
    /// <exception cref="EngineException">Its first value that cannot be.</exception>
    internal static void Check(NetworkCreateRequest request)
    {
        if (!IsName(request.Name))
        {
            throw EngineException.Invalid(
                $"invalid network name '{request.Name}': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }

        if (BuiltInNetworks.Contains(request.Name) || request.Name is "default" or "container")
        {
            throw new EngineException(ErrorKind.PermissionDenied, $"operation is not permitted on predefined {request.Name} network");
        }

        if (request.Driver is not (Network.BridgeDriver or Network.MacvlanDriver or Network.IpvlanDriver))
        {
            throw request.Driver is "host" or "null"
                ? new EngineException(ErrorKind.PermissionDenied, $"only one instance of \"{request.Driver}\" network is allowed")
                : new EngineException(
                    ErrorKind.Unsupported, $"network driver {request.Driver} is not available", hint: "there are the drivers bridge, macvlan and ipvlan");
        }

        foreach (string key in request.Labels.Keys)
        {
            if (key.Length == 0)
            {
                throw EngineException.Invalid("invalid label '': empty name");
            }
        }

        if (!request.EnableIPv4 && !request.EnableIPv6)
        {
            throw EngineException.Invalid("IPv4 or IPv6 must be enabled");
        }

        if (request.Driver == Network.BridgeDriver)
        {
            BridgeDriverOptions.Parse(request.Options);
        }
        else
        {
            SubinterfaceOptions options = SubinterfaceOptions.Parse(request.Driver, request.Options);
            if (request.Internal && options.Parent is not null)
            {
                throw EngineException.Invalid("an internal network cannot have a parent interface: who is on that would reach the containers");
            }

            ParentInterface.Check(request.Driver, options);
        }

        CheckSubnets(request);
    }

    /// <summary>Whether a text can be a network's name; one is safe in a path.</summary>
    internal static bool IsName(string text)
    {
        if (text.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckSubnets(NetworkCreateRequest request)
    {
        bool[] given = new bool[2];
        foreach (NetworkSubnet config in request.Subnets)
        {
            if (config.Subnet.Length == 0)
            {
                throw EngineException.Invalid("invalid network config: every ip-range or gateway must have a corresponding subnet");
            }

            Subnet subnet = ParseExact(config.Subnet, "subnet");
            if (subnet.IsIPv6 && !request.EnableIPv6)
            {
                throw EngineException.Invalid($"invalid network config: invalid subnet {subnet}: IPv6 is not enabled: add --ipv6");
            }

            if (!subnet.IsIPv6 && !request.EnableIPv4)
            {
                throw EngineException.Invalid($"invalid network config: invalid subnet {subnet}: IPv4 is disabled");
            }

            if (given[subnet.IsIPv6 ? 1 : 0])
            {
                throw EngineException.Invalid("bridge driver doesn't support multiple subnets");
            }

            given[subnet.IsIPv6 ? 1 : 0] = true;
            if ((subnet.IsIPv6 ? 128 : 32) - subnet.PrefixLength < LeastHostBits)
            {
                throw EngineException.Invalid($"invalid network config: invalid subnet {subnet}: it has no room for containers");
            }

            CheckParts(config, subnet);
        }
    }

    private static void CheckParts(NetworkSubnet config, Subnet subnet)
    {
        if (config.IPRange.Length > 0)
        {
            Subnet range = ParseExact(config.IPRange, "ip-range");
            if (range.IsIPv6 == subnet.IsIPv6 && range.PrefixLength < subnet.PrefixLength)
            {
                throw EngineException.Invalid(
                    $"invalid network config: invalid ip-range {range}: CIDR block is bigger than its parent subnet {subnet}");
            }

            if (!subnet.Contains(range))
            {
                throw EngineException.Invalid(
                    $"invalid network config: invalid ip-range {range}: parent subnet {subnet} doesn't contain ip-range");
            }
        }

        if (config.Gateway.Length > 0)
        {
            CheckAddress(config.Gateway, "gateway " + config.Gateway, subnet);
        }

        foreach ((string name, string address) in config.AuxAddresses)
        {
            CheckAddress(address, "auxiliary address " + name, subnet);
        }
    }

    private static Subnet ParseExact(string text, string what) =>
        !Subnet.TryParse(text, out Subnet subnet, out bool isExact)
            ? throw EngineException.Invalid($"invalid network config: invalid {what} {text}: invalid CIDR block notation")
            : isExact ? subnet
            : throw EngineException.Invalid($"invalid network config: invalid {what} {text}: it should be {subnet}");

    private static void CheckAddress(string text, string what, Subnet subnet)
    {
        if (!Subnet.TryParseAddress(text, out IPAddress? address))
        {
            throw EngineException.Invalid($"invalid network config: invalid {what}: invalid address");
        }

        if (!subnet.Contains(address!))
        {
            throw EngineException.Invalid($"invalid network config: invalid {what}: parent subnet {subnet} doesn't contain this address");
        }
    }
}
