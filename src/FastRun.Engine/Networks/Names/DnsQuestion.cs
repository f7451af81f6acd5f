using System;
using System.Buffers.Binary;

namespace FastRun.Engine.Networks.Names;

/// <summary>What a query asks for (RFC 1035 section 4.1.2).</summary>
/// <param name="Name">The name as text, see <see cref="DnsName"/>.</param>
/// <param name="Type">The type of record.</param>
/// <param name="Class">1 for the internet.</param>
internal readonly record struct DnsQuestion(string Name, DnsType Type, ushort Class)
{
    internal const ushort Internet = 1;

    /// <summary>Reads the one that stands at an offset, which then is behind it; null where there is none.</summary>
    internal static DnsQuestion? TryRead(ReadOnlySpan<byte> message, ref int offset)
    {
        int at = offset;
        if (DnsName.TryRead(message, ref at) is not { } name || at + 4 > message.Length)
        {
            return null;
        }

        offset = at + 4;
        return new DnsQuestion(
            name,
            (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[at..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]));
    }
}
