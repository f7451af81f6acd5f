using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FastRun.Engine.Networks.Addresses;

/// <summary>A block of addresses in CIDR form (RFC 4632, RFC 4291): a base address and how many bits of it are fixed.</summary>
public readonly record struct Subnet
{
    private readonly UInt128 _first;

    private Subnet(UInt128 first, int prefixLength, bool isIPv6) => (_first, PrefixLength, IsIPv6) = (first, prefixLength, isIPv6);

    /// <summary>How many bits are fixed.</summary>
    public int PrefixLength { get; }

    /// <summary>Whether its addresses are of IPv6.</summary>
    public bool IsIPv6 { get; }

    /// <summary>How many addresses it has, less one.</summary>
    public UInt128 LastIndex => HostMask(PrefixLength, IsIPv6);

    /// <summary>Its first address.</summary>
    public IPAddress Address => At(0);

    /// <summary>Reads <c>ADDRESS/LENGTH</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="subnet">The block that the address is in.</param>
    /// <param name="isExact">Whether the address is the block's first.</param>
    public static bool TryParse(string text, out Subnet subnet, out bool isExact)
    {
        (subnet, isExact) = (default, false);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseAddress(text[..slash], out IPAddress? address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > (IsOfIPv6(address!) ? 128 : 32))
        {
            return false;
        }

        subnet = Of(address!, length);
        isExact = subnet._first == Number(address!);
        return true;
    }

    /// <summary>Reads an address in the form that people write: a number alone is none, nor is one with a scope.</summary>
    public static bool TryParseAddress(string text, out IPAddress? address)
    {
        address = null;
        bool plain = text.Contains(':', StringComparison.Ordinal)
            ? text.IndexOfAny(['%', '[', ']', '/']) < 0
            : text.AsSpan().Count('.') == 3 && !HasLeadingZero(text);
        return plain && IPAddress.TryParse(text, out address);
    }

    /// <summary>The block of a length that an address is in.</summary>
    public static Subnet Of(IPAddress address, int prefixLength)
    {
        bool isIPv6 = IsOfIPv6(address);
        return new Subnet(Number(address) & ~HostMask(prefixLength, isIPv6), prefixLength, isIPv6);
    }

    /// <summary>The address at an index from the first one.</summary>
    public IPAddress At(UInt128 index)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _first + index);
        return new IPAddress(IsIPv6 ? bytes : bytes[12..]);
    }

    /// <summary>The index of an address that it contains.</summary>
    public UInt128 IndexOf(IPAddress address) => Number(address) - _first;

    /// <summary>Whether an address is in it.</summary>
    public bool Contains(IPAddress address) => IsOfIPv6(address) == IsIPv6 && (Number(address) & ~LastIndex) == _first;

    /// <summary>Whether all of another block is in it.</summary>
    public bool Contains(Subnet other) => other.IsIPv6 == IsIPv6 && other.PrefixLength >= PrefixLength && (other._first & ~LastIndex) == _first;

    /// <summary>Whether they share an address.</summary>
    public bool Overlaps(Subnet other) => Contains(other) || other.Contains(this);

    /// <summary>The block of a length at an index among those it consists of.</summary>
    public Subnet Part(int prefixLength, UInt128 index) =>
        new(_first + (index << (Bits - prefixLength)), prefixLength, IsIPv6);

    /// <summary>The CIDR form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    private int Bits => IsIPv6 ? 128 : 32;

    private static bool IsOfIPv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    private static UInt128 HostMask(int prefixLength, bool isIPv6)
    {
        int bits = (isIPv6 ? 128 : 32) - prefixLength;
        return bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
    }

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(IsOfIPv6(address) ? bytes : bytes[12..], out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Some read 010 as eight (inet_aton(3)).</summary>
    private static bool HasLeadingZero(string text)
    {
        foreach (Range part in text.AsSpan().Split('.'))
        {
            if (text.AsSpan()[part] is ['0', _, ..])
            {
                return true;
            }
        }

        return false;
    }
}
