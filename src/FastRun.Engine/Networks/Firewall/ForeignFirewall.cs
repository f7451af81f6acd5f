using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Nftables;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>
/// Other people's firewalls that drop what is forwarded unless they accept it: dockerd sets the policy of its chain FORWARD so. A packet
/// has to be let through by all tables, and theirs is theirs, so what can be done is to say so. A rule of theirs that names the
/// network's bridge is taken for the administrator's decision, whatever it says.
/// </summary>
internal static class ForeignFirewall
{
    private const string DockersChain = "DOCKER-USER";
    private const string ForwardChain = "FORWARD";

    /// <summary>A line for each that is in a network's way, with what lets the network through.</summary>
    internal static List<string> Warnings(Network network)
    {
        List<string> warnings = [];
        if (!network.IsBridge || network.Internal)
        {
            return warnings;
        }

        try
        {
            using NftablesSocket socket = NftablesSocket.Open();
            foreach (TableFamily family in new[] { TableFamily.Inet, TableFamily.Ip, TableFamily.Ip6 })
            {
                if (family == TableFamily.Ip ? network.IPv4 is null : family == TableFamily.Ip6 && network.IPv6 is null)
                {
                    continue;
                }

                foreach (BaseChain chain in socket.BaseChains(family))
                {
                    if (chain.Hook.Point == HookPoint.Forward && Drops(socket, chain) && !socket.Mentions(chain.Table, network.Interface))
                    {
                        warnings.Add(Describe(network, socket, chain));
                    }
                }
            }
        }
        catch (SyscallException)
        {
            // Somebody is changing the rules, or there are none.
        }

        foreach (bool isIPv6 in new[] { false, true })
        {
            if ((isIPv6 ? network.IPv6 : network.IPv4) is not null && LegacyFilter.Read(isIPv6) is { DropsForwarded: true } filter && !filter.Mentions(network.Interface))
            {
                warnings.Add(Line(
                    network,
                    $"the chain FORWARD of {(isIPv6 ? "ip6_tables" : "ip_tables")}' table filter",
                    IptablesRules(
                        isIPv6 ? "ip6tables-legacy" : "iptables-legacy", filter.HasChain(DockersChain) ? DockersChain : ForwardChain, network.Interface)));
            }
        }

        return warnings;
    }

    /// <summary>By its policy, or by a rule without a condition (<c>-A FORWARD -j REJECT</c>, firewalld).</summary>
    private static bool Drops(NftablesSocket socket, BaseChain chain) => socket.EndOf(chain.Table, chain.Name) switch
    {
        ChainEnd.Drops => true,
        ChainEnd.Accepts => false,
        _ => chain.Hook.Drops,
    };

    private static string Describe(Network network, NftablesSocket socket, BaseChain chain)
    {
        string family = chain.Table.Family.ToString().ToLowerInvariant();
        bool isIptables = chain.Name == ForwardChain && chain.Table is { Name: "filter", Family: TableFamily.Ip or TableFamily.Ip6 };
        string rules = isIptables
            ? IptablesRules(
                chain.Table.Family == TableFamily.Ip6 ? "ip6tables" : "iptables",
                socket.HasChain(chain.Table, DockersChain) ? DockersChain : ForwardChain,
                network.Interface)
            : $"nft insert rule {family} {chain.Table.Name} {chain.Name} iifname {network.Interface} accept; "
                + $"nft insert rule {family} {chain.Table.Name} {chain.Name} oifname {network.Interface} accept";
        return Line(network, $"the chain {chain.Name} of the nftables table {family} {chain.Table.Name}", rules);
    }

    private static string IptablesRules(string command, string chain, string bridge) =>
        $"{command} -I {chain} -i {bridge} -j ACCEPT; {command} -I {chain} -o {bridge} -j ACCEPT";

    private static string Line(Network network, string chain, string rules) =>
        $"network {network.Name}: {chain} drops what it does not accept, and no rule there is about {network.Interface}: containers do not reach "
        + $"the outside, nor the outside their published ports. To let them through: {rules}";
}
