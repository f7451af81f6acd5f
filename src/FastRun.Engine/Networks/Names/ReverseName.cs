using System;
using System.Globalization;
using System.Net;

namespace FastRun.Engine.Networks.Names;

/// <summary>The names of addresses: <c>4.3.2.1.in-addr.arpa</c> (RFC 1035 section 3.5) and <c>ip6.arpa</c> (RFC 3596 section 2.5).</summary>
internal static class ReverseName
{
    private const string IPv4 = ".in-addr.arpa";
    private const string IPv6 = ".ip6.arpa";

    /// <summary>The address that a name stands for; null where it is another name, or one of a part of an address.</summary>
    internal static IPAddress? TryParse(string name) =>
        name.EndsWith(IPv4, StringComparison.Ordinal) ? TryParse(name.AsSpan(0, name.Length - IPv4.Length), stackalloc byte[4])
        : name.EndsWith(IPv6, StringComparison.Ordinal) ? TryParse(name.AsSpan(0, name.Length - IPv6.Length), stackalloc byte[16])
        : null;

    private static IPAddress? TryParse(ReadOnlySpan<char> labels, Span<byte> address)
    {
        bool isIPv4 = address.Length == 4;
        int parts = isIPv4 ? 4 : 32;
        int part = 0;
        foreach (Range range in labels.Split('.'))
        {
            ReadOnlySpan<char> label = labels[range];
            bool isDigit = isIPv4
                ? byte.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out byte value)
                : byte.TryParse(label, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && label.Length == 1;
            if (!isDigit || part == parts)
            {
                return null;
            }

            // The last label is the first byte, or its upper half.
            int at = parts - 1 - part++;
            if (isIPv4)
            {
                address[at] = value;
            }
            else
            {
                address[at / 2] |= (byte)(at % 2 == 0 ? value << 4 : value);
            }
        }

        return part == parts ? new IPAddress(address) : null;
    }
}
