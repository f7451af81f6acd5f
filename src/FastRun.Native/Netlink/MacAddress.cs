using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FastRun.Native.Netlink;

/// <summary>The address of an Ethernet interface (EUI-48).</summary>
/// <param name="Bits">Its 48 bits as a number, the first octet the most significant.</param>
public readonly record struct MacAddress(ulong Bits)
{
    /// <summary>How many bytes it has.</summary>
    internal const int Size = 6;

    /// <summary>Whether it is a group's, which no interface may have.</summary>
    public bool IsMulticast => (Bits >> 40 & 1) != 0;

    /// <summary>02:42 and the four octets of an IPv4 address: locally administered, and free where the address is.</summary>
    public static MacAddress OfIPv4(InternetAddress address) => new(0x0242_0000_0000UL | (uint)address.Bits);

    /// <summary>Parses six pairs of hexadecimal digits with colons, or hyphens, between them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        if (text is not { Length: (3 * Size) - 1 })
        {
            return false;
        }

        ulong bits = 0;
        for (int i = 0; i < Size; i++)
        {
            ReadOnlySpan<char> pair = text.AsSpan(3 * i, 2);
            if (!byte.TryParse(pair, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet)
                || (i > 0 && (text[(3 * i) - 1] is not (':' or '-') || text[(3 * i) - 1] != text[2])))
            {
                return false;
            }

            bits = (bits << 8) | octet;
        }

        address = new MacAddress(bits);
        return true;
    }

    /// <summary>Six pairs of lower-case hexadecimal digits with colons between.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Octet(0):x2}:{Octet(1):x2}:{Octet(2):x2}:{Octet(3):x2}:{Octet(4):x2}:{Octet(5):x2}");

    /// <summary>Writes it as on the wire.</summary>
    internal void Write(Span<byte> bytes)
    {
        for (int i = 0; i < Size; i++)
        {
            bytes[i] = Octet(i);
        }
    }

    /// <summary>Reads one from the wire; null where the bytes are not six, as of an interface that is not Ethernet.</summary>
    internal static MacAddress? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            return null;
        }

        ulong bits = 0;
        foreach (byte octet in bytes)
        {
            bits = (bits << 8) | octet;
        }

        return new MacAddress(bits);
    }

    private byte Octet(int index) => (byte)(Bits >> (8 * (Size - 1 - index)));
}
