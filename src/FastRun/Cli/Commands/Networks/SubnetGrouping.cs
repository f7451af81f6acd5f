using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Cli.Commands.Networks;

/// <summary>Which range, gateway and address belongs to which subnet: flags do not tell, so their addresses do, as for Docker's command line.</summary>
internal static class SubnetGrouping
{
    /// <summary>Puts together what belongs together.</summary>
    /// <exception cref="EngineException">Something belongs to no subnet, or two to one.</exception>
    internal static List<NetworkSubnet> Of(
        List<string> subnets, List<string> ranges, List<string> gateways, Dictionary<string, string> auxAddresses)
    {
        if (subnets.Count < ranges.Count || subnets.Count < gateways.Count)
        {
            throw EngineException.Invalid("every ip-range or gateway must have a corresponding subnet");
        }

        var grouped = new List<NetworkSubnet>();
        foreach (string subnet in subnets)
        {
            foreach (NetworkSubnet other in grouped)
            {
                if (Parse(subnet).Overlaps(Parse(other.Subnet)))
                {
                    throw EngineException.Invalid("multiple overlapping subnet configuration is not supported");
                }
            }

            grouped.Add(new NetworkSubnet { Subnet = subnet });
        }

        foreach (string range in ranges)
        {
            int at = IndexOf(grouped, Parse(range).Address, $"no matching subnet for range {range}");
            grouped[at] = grouped[at].IPRange.Length == 0
                ? grouped[at] with { IPRange = range }
                : throw EngineException.Invalid($"cannot configure multiple ranges ({range}, {grouped[at].IPRange}) on the same subnet ({grouped[at].Subnet})");
        }

        foreach (string gateway in gateways)
        {
            int at = IndexOf(grouped, Address(gateway), $"no matching subnet for gateway {gateway}");
            grouped[at] = grouped[at].Gateway.Length == 0
                ? grouped[at] with { Gateway = gateway }
                : throw EngineException.Invalid($"cannot configure multiple gateways ({gateway}, {grouped[at].Gateway}) for the same subnet ({grouped[at].Subnet})");
        }

        foreach ((string name, string address) in auxAddresses)
        {
            int at = IndexOf(grouped, Address(address), $"no matching subnet for aux-address {address}");
            grouped[at] = grouped[at] with
            {
                AuxAddresses = new Dictionary<string, string>(grouped[at].AuxAddresses) { [name] = address },
            };
        }

        return grouped;
    }

    private static int IndexOf(List<NetworkSubnet> grouped, IPAddress? address, string missing)
    {
        int at = address is null ? -1 : grouped.FindIndex(each => Parse(each.Subnet).Contains(address));
        return at >= 0 ? at : throw EngineException.Invalid(missing);
    }

    private static IPAddress? Address(string text) => Subnet.TryParseAddress(text, out IPAddress? address) ? address : null;

    private static Subnet Parse(string text) => Subnet.TryParse(text, out Subnet subnet, out _)
        ? subnet
        : throw EngineException.Invalid($"invalid CIDR address: {text}");
}
