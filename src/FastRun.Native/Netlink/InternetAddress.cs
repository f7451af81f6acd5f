using System;
using System.Buffers.Binary;
using System.Net;

namespace FastRun.Native.Netlink;

/// <summary>An IPv4 or IPv6 address as a value: what requests take without allocating. Without a scope.</summary>
/// <param name="Bits">The address as a number, the first octet the most significant; of IPv4 the low 32 bits.</param>
/// <param name="IsIPv6">Whether it is an IPv6 address.</param>
public readonly record struct InternetAddress(UInt128 Bits, bool IsIPv6)
{
    /// <summary>How many bytes it has on the wire.</summary>
    internal int Size => IsIPv6 ? 16 : 4;

    /// <summary>How many bits the longest prefix has.</summary>
    public int Width => IsIPv6 ? 128 : 32;

    /// <summary>AF_INET or AF_INET6.</summary>
    internal byte Family => (byte)(IsIPv6 ? Interop.Socket.AF_INET6 : Interop.Socket.AF_INET);

    /// <summary>An IPv4 address.</summary>
    /// <param name="bits">The address as a number: 10.0.0.1 is 0x0A000001.</param>
    public static InternetAddress IPv4(uint bits) => new(bits, false);

    /// <summary>The address of a class library's.</summary>
    public static implicit operator InternetAddress(IPAddress address) => FromIPAddress(address);

    /// <summary>The named alternate of the conversion.</summary>
    public static InternetAddress FromIPAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return TryRead(bytes[..written], out InternetAddress value)
            ? value
            : throw new ArgumentException("neither IPv4 nor IPv6", nameof(address));
    }

    /// <summary>The class library's form.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..Write(bytes)]);
    }

    /// <summary>The address in its usual notation.</summary>
    public override string ToString() => ToIPAddress().ToString();

    /// <summary>The last address of the prefix that it is in: of IPv4 the broadcast address.</summary>
    internal InternetAddress Last(int prefixLength) =>
        this with { Bits = Bits | (Width - prefixLength == 128 ? UInt128.MaxValue : (UInt128.One << (Width - prefixLength)) - 1) };

    /// <summary>Writes it as on the wire.</summary>
    /// <returns>How many bytes.</returns>
    internal int Write(Span<byte> bytes)
    {
        if (IsIPv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Bits);
        }

        return Size;
    }

    /// <summary>Reads one from the wire; null where the bytes are neither 4 nor 16.</summary>
    internal static InternetAddress? Read(ReadOnlySpan<byte> bytes) =>
        TryRead(bytes, out InternetAddress address) ? address : default(InternetAddress?);

    private static bool TryRead(ReadOnlySpan<byte> bytes, out InternetAddress address)
    {
        address = bytes.Length switch
        {
            4 => IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            16 => new InternetAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), true),
            _ => default,
        };
        return bytes.Length is 4 or 16;
    }
}
