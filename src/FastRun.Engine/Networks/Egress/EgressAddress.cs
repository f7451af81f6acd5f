using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Engine.Networks.Egress;

/// <summary>Which addresses a name may open: those of the public internet. Whoever owns a name says what it leads to.</summary>
internal static class EgressAddress
{
    /// <summary>Addresses of a link: cloud machines have their metadata there.</summary>
    internal static IReadOnlyList<Subnet> LinkLocal { get; } = Blocks("169.254.0.0/16", "fe80::/10");

    /// <summary>What is not of the public internet (RFC 6890 and IANA's registries of special-purpose addresses), and what holds addresses of IPv4.</summary>
    private static readonly IReadOnlyList<Subnet> s_special = Blocks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "224.0.0.0/3");

    private static readonly Subnet s_global = Blocks("2000::/3")[0];
    private static readonly IReadOnlyList<Subnet> s_tunnels = Blocks("2001::/32", "2002::/16");

    /// <summary>Whether a name opens it; what it does not open is opened by a rule of addresses.</summary>
    internal static bool IsPublic(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? s_global.Contains(address) && !IsIn(s_tunnels, address)
        : !IsIn(s_special, address);

    private static bool IsIn(IReadOnlyList<Subnet> blocks, IPAddress address)
    {
        foreach (Subnet block in blocks)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static List<Subnet> Blocks(params string[] texts)
    {
        List<Subnet> blocks = [];
        foreach (string text in texts)
        {
            _ = Subnet.TryParse(text, out Subnet block, out _);
            blocks.Add(block);
        }

        return blocks;
    }
}
