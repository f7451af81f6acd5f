using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;

namespace FastRun.Engine.Networks.Names;

/// <summary>Writes responses to queries, and judges those of other servers.</summary>
internal static class DnsResponse
{
    /// <summary>How long an answer may be kept, in seconds; Docker's.</summary>
    internal const int TimeToLive = 600;

    /// <summary>The largest datagram that is sent or said to be taken.</summary>
    internal const int MaxDatagram = 4096;

    private const int RecordHeaderLength = 12;
    private const int OptionLength = 11;
    private const uint DnssecOk = 0x8000;

    /// <summary>How much of a response to a query fits in a datagram.</summary>
    internal static int DatagramLimit(in DnsQuery query) => Math.Min(query.PayloadSize, MaxDatagram);

    /// <summary>Writes a response without answers.</summary>
    /// <param name="buffer">Where it goes; at least as long as the query and <see cref="DnsQuery.PlainPayload"/>.</param>
    /// <param name="message">The query as it came.</param>
    /// <param name="query">What was read of it.</param>
    /// <param name="code">How it went.</param>
    /// <returns>Its length.</returns>
    internal static int Write(Span<byte> buffer, ReadOnlySpan<byte> message, in DnsQuery query, DnsCode code) =>
        Finish(buffer, Begin(buffer, message, query), query, code, answers: 0, truncated: false);

    /// <summary>Writes addresses of the name that was asked for.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="message">The query as it came.</param>
    /// <param name="query">What was read of it.</param>
    /// <param name="addresses">All of one family, that of the question's type.</param>
    /// <param name="limit">How long it may be; what does not fit is left out, and the response says so.</param>
    /// <returns>Its length.</returns>
    internal static int WriteAddresses(
        Span<byte> buffer, ReadOnlySpan<byte> message, in DnsQuery query, IReadOnlyList<IPAddress> addresses, int limit)
    {
        int at = Begin(buffer, message, query);
        int end = Math.Min(limit, buffer.Length) - (query.HasEdns ? OptionLength : 0);
        Span<byte> data = stackalloc byte[16];
        int written = 0;
        foreach (IPAddress address in addresses)
        {
            address.TryWriteBytes(data, out int length);
            if (at + RecordHeaderLength + length > end)
            {
                return Finish(buffer, at, query, DnsCode.NoError, written, truncated: true);
            }

            at = AddRecord(buffer, at, length == 4 ? DnsType.A : DnsType.Aaaa, data[..length]);
            written++;
        }

        return Finish(buffer, at, query, DnsCode.NoError, written, truncated: false);
    }

    /// <summary>Writes the name of the address that was asked for.</summary>
    internal static int WriteName(Span<byte> buffer, ReadOnlySpan<byte> message, in DnsQuery query, string name)
    {
        Span<byte> data = stackalloc byte[DnsName.MaxLength];
        int length = DnsName.Write(name, data);
        return length == 0
            ? Write(buffer, message, query, DnsCode.NoError)
            : Finish(buffer, AddRecord(buffer, Begin(buffer, message, query), DnsType.Ptr, data[..length]), query, DnsCode.NoError, 1, false);
    }

    /// <summary>Whether a message of another server answers a query that it was sent under an id of ours.</summary>
    internal static bool Answers(ReadOnlySpan<byte> message, ushort id, in DnsQuestion question)
    {
        if (message.Length < DnsHeader.Length)
        {
            return false;
        }

        DnsHeader header = DnsHeader.Read(message);
        if (header.Id != id || !header.IsResponse || !header.IsStandardQuery)
        {
            return false;
        }

        // Some servers leave the question out where they could not read it.
        int offset = DnsHeader.Length;
        return header.Questions == 0
            ? header.Code != DnsCode.NoError
            : header.Questions == 1 && DnsQuestion.TryRead(message, ref offset) is { } asked && asked == question;
    }

    /// <summary>The question as it came: its name is not compressed, because nothing stands before it.</summary>
    private static int Begin(Span<byte> buffer, ReadOnlySpan<byte> message, in DnsQuery query)
    {
        message[DnsHeader.Length..query.QuestionEnd].CopyTo(buffer[DnsHeader.Length..]);
        return query.QuestionEnd;
    }

    private static int AddRecord(Span<byte> buffer, int at, DnsType type, ReadOnlySpan<byte> data)
    {
        Span<byte> record = buffer[at..];

        // A pointer to the question's name, right behind the header.
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | DnsHeader.Length);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], DnsQuestion.Internet);
        BinaryPrimitives.WriteInt32BigEndian(record[6..], TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)data.Length);
        data.CopyTo(record[RecordHeaderLength..]);
        return at + RecordHeaderLength + data.Length;
    }

    private static int Finish(Span<byte> buffer, int at, in DnsQuery query, DnsCode code, int answers, bool truncated)
    {
        const int copied = DnsHeader.OpcodeMask | DnsHeader.RecursionDesired | DnsHeader.CheckingDisabled;
        int flags = DnsHeader.Response | DnsHeader.RecursionAvailable | (query.Header.Flags & copied)
            | (truncated ? DnsHeader.Truncated : 0) | ((int)code & DnsHeader.CodeMask);
        int questions = query.QuestionEnd > DnsHeader.Length ? 1 : 0;
        new DnsHeader(query.Header.Id, (ushort)flags, (ushort)questions, (ushort)answers, 0, query.HasEdns ? (ushort)1 : (ushort)0)
            .Write(buffer);
        if (!query.HasEdns)
        {
            return at;
        }

        Span<byte> option = buffer.Slice(at, OptionLength);
        option[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(option[1..], (ushort)DnsType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(option[3..], MaxDatagram);
        BinaryPrimitives.WriteUInt32BigEndian(option[5..], ((uint)code >> 4 << 24) | (query.EdnsFlags & DnssecOk));
        BinaryPrimitives.WriteUInt16BigEndian(option[9..], 0);
        return at + OptionLength;
    }
}
