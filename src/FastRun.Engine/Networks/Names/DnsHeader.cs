using System;
using System.Buffers.Binary;

namespace FastRun.Engine.Networks.Names;

/// <summary>The fixed part of a DNS message (RFC 1035 section 4.1.1).</summary>
/// <param name="Id">Copied from a query to its response.</param>
/// <param name="Flags">The second line: the bits below, opcode and response code.</param>
/// <param name="Questions">How many questions follow.</param>
/// <param name="Answers">How many answers follow these.</param>
/// <param name="Authorities">How many records of name servers follow these.</param>
/// <param name="Additionals">How many more records follow these.</param>
internal readonly record struct DnsHeader(
    ushort Id, ushort Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    internal const int Length = 12;
    internal const ushort Response = 0x8000;
    internal const ushort OpcodeMask = 0x7800;
    internal const ushort Truncated = 0x0200;
    internal const ushort RecursionDesired = 0x0100;
    internal const ushort RecursionAvailable = 0x0080;
    internal const ushort CheckingDisabled = 0x0010;
    internal const ushort CodeMask = 0x000F;

    /// <summary>Whether it answers a query.</summary>
    internal bool IsResponse => (Flags & Response) != 0;

    /// <summary>Whether it is a standard query, or the response to one.</summary>
    internal bool IsStandardQuery => (Flags & OpcodeMask) == 0;

    /// <summary>How a query went; the lower four bits, where EDNS0 has more.</summary>
    internal DnsCode Code => (DnsCode)(Flags & CodeMask);

    /// <summary>Reads the header of a message of at least <see cref="Length"/> bytes.</summary>
    internal static DnsHeader Read(ReadOnlySpan<byte> message) => new(
        BinaryPrimitives.ReadUInt16BigEndian(message),
        BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[10..]));

    /// <summary>Writes it.</summary>
    internal void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, Id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Flags);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], Questions);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], Answers);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], Authorities);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], Additionals);
    }
}
