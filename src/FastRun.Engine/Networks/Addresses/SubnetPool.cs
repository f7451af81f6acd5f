using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Networks.Addresses;

/// <summary>
/// Chooses the subnet of a network that asks for none: the first of a pool's parts that neither another network nor a route
/// of the host overlaps.
/// </summary>
internal sealed class SubnetPool
{
    private readonly IReadOnlyList<AddressBlock> _blocks;

    internal SubnetPool(IReadOnlyList<AddressBlock> blocks) => _blocks = blocks;

    /// <summary>
    /// Small networks, so that thousands fit: 10.210.0.0/16 upwards, where neither Docker's pools nor the usual home and office
    /// networks are. For IPv6 a unique local prefix (RFC 4193) whose global id is this machine's: see <see cref="UniqueLocal"/>.
    /// </summary>
    internal static IReadOnlyList<AddressBlock> Defaults { get; } =
    [
        Block("10.210.0.0/15", 24),
        Block("10.212.0.0/14", 24),
        Block("10.216.0.0/13", 24),
        Block("172.28.0.0/14", 24),
        Block("192.168.192.0/18", 24),
        Block("10.224.0.0/11", 24),
    ];

    /// <summary>The unique local block of a machine, from which networks get a /64 each.</summary>
    /// <param name="seed">At least five bytes that tell machines apart.</param>
    internal static AddressBlock UniqueLocal(ReadOnlySpan<byte> seed)
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        address[0] = 0xfd;
        seed[..5].CopyTo(address[1..]);
        return new AddressBlock(Subnet.Of(new IPAddress(address), 48), 64);
    }

    /// <summary>Chooses a subnet.</summary>
    /// <param name="isIPv6">Of which family.</param>
    /// <param name="taken">What it must not overlap.</param>
    /// <exception cref="EngineException">All are taken.</exception>
    internal Subnet Choose(bool isIPv6, IReadOnlyList<Subnet> taken)
    {
        foreach (AddressBlock block in _blocks)
        {
            if (block.Base.IsIPv6 != isIPv6)
            {
                continue;
            }

            int bits = Math.Min(block.PartLength - block.Base.PrefixLength, 16);
            for (int i = 0; i < 1 << bits; i++)
            {
                Subnet candidate = block.Base.Part(block.PartLength, (UInt128)i);
                if (!OverlapsAny(candidate, taken))
                {
                    return candidate;
                }
            }
        }

        throw new EngineException(
            ErrorKind.ResourceExhausted,
            "all predefined address pools have been fully subnetted",
            hint: "give the network a subnet of its own: --subnet, or more pools: \"default-address-pools\" in config.json");
    }

    /// <summary>Whether a subnet shares an address with any of others.</summary>
    internal static bool OverlapsAny(Subnet subnet, IReadOnlyList<Subnet> others)
    {
        foreach (Subnet other in others)
        {
            if (subnet.Overlaps(other))
            {
                return true;
            }
        }

        return false;
    }

    private static AddressBlock Block(string text, int length) =>
        Subnet.TryParse(text, out Subnet subnet, out _) ? new AddressBlock(subnet, length) : throw new ArgumentException(text);
}
