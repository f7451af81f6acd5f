using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Native;

namespace FastRun.Engine.Networks.Addresses;

/// <summary>The addresses of one family that a network has for containers, in the order in which they are tried.</summary>
internal sealed class AddressPool
{
    /// <summary>So many are tried from the lowest; where they are taken, the rest is tried from a random point, so that many starts at once do not all walk the same way.</summary>
    private const int LowestTried = 8;

    private readonly Subnet _subnet;
    private readonly Subnet _range;
    private readonly List<IPAddress> _reserved = [];

    private AddressPool(Subnet subnet, Subnet range) => (_subnet, _range) = (subnet, range);

    /// <summary>The network's pool; null where it has no such addresses.</summary>
    internal static AddressPool? Of(Network network, bool isIPv6)
    {
        if (network.Config(isIPv6) is not { } config || (isIPv6 ? network.IPv6 : network.IPv4) is not { } subnet)
        {
            return null;
        }

        AddressPool pool = new(subnet, Subnet.TryParse(config.IPRange, out Subnet range, out _) ? range : subnet);
        pool._reserved.Add(network.Gateway(isIPv6)!);
        foreach (string text in config.AuxAddresses.Values)
        {
            if (Subnet.TryParseAddress(text, out IPAddress? address))
            {
                pool._reserved.Add(address!);
            }
        }

        return pool;
    }

    /// <summary>The addresses to try.</summary>
    internal IEnumerable<IPAddress> Candidates()
    {
        // Within one range the count of IPv6 addresses has no end that matters.
        ulong count = _range.LastIndex >= uint.MaxValue ? uint.MaxValue : (ulong)_range.LastIndex + 1;
        ulong tried = 0;
        ulong index = 0;
        for (; index < count && tried < LowestTried; index++)
        {
            if (IsForContainers(_range.At(index)))
            {
                tried++;
                yield return _range.At(index);
            }
        }

        ulong left = count - index;
        ulong start = left == 0 ? 0 : Random() % left;
        for (ulong i = 0; i < left; i++)
        {
            IPAddress address = _range.At(index + (start + i) % left);
            if (IsForContainers(address))
            {
                yield return address;
            }
        }
    }

    /// <summary>Checks an address that was asked for.</summary>
    /// <exception cref="EngineException">No container can have it.</exception>
    internal void Require(IPAddress address)
    {
        if (!_subnet.Contains(address))
        {
            throw EngineException.Invalid(
                $"invalid endpoint settings: no configured subnet contains IP address {address}");
        }

        if (!IsForContainers(address))
        {
            throw new EngineException(ErrorKind.Conflict, $"Address already in use: {address}");
        }
    }

    /// <summary>Not the block's own address, nor the broadcast, nor the gateway's, nor one that another has.</summary>
    private bool IsForContainers(IPAddress address)
    {
        UInt128 index = _subnet.IndexOf(address);
        return index != 0 && (_subnet.IsIPv6 || index != _subnet.LastIndex || _subnet.PrefixLength >= 31) && !_reserved.Contains(address);
    }

    private static ulong Random()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomBytes.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
