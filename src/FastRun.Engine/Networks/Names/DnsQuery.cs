using System;
using System.Buffers.Binary;

namespace FastRun.Engine.Networks.Names;

/// <summary>A query as it came from a container, whoever wrote it.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Question">Its only question.</param>
/// <param name="QuestionEnd">The offset behind the question, which is not compressed.</param>
/// <param name="HasEdns">Whether it has an OPT record (RFC 6891).</param>
/// <param name="PayloadSize">The largest datagram that its sender takes, at least 512 bytes.</param>
/// <param name="EdnsFlags">The OPT record's version and flags.</param>
internal readonly record struct DnsQuery(
    DnsHeader Header, DnsQuestion Question, int QuestionEnd, bool HasEdns, int PayloadSize, uint EdnsFlags)
{
    /// <summary>What a datagram holds where the sender says nothing (RFC 1035 section 2.3.4).</summary>
    internal const int PlainPayload = 512;

    private const int FixedRecordLength = 10;

    /// <summary>The version of EDNS that the sender speaks.</summary>
    internal int EdnsVersion => (int)(EdnsFlags >> 16) & 0xFF;

    /// <summary>Reads a query.</summary>
    /// <param name="message">The message.</param>
    /// <param name="query">What it says; with a <see cref="DnsCode.FormatError"/> or <see cref="DnsCode.NotImplemented"/>, its header only.</param>
    /// <returns>What to answer where it cannot be met, or null where it is no query and gets no answer.</returns>
    internal static DnsCode? Parse(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < DnsHeader.Length)
        {
            return null;
        }

        DnsHeader header = DnsHeader.Read(message);
        query = new DnsQuery(header, default, DnsHeader.Length, false, PlainPayload, 0);
        if (header.IsResponse)
        {
            return null;
        }

        if (!header.IsStandardQuery)
        {
            return DnsCode.NotImplemented;
        }

        int offset = DnsHeader.Length;
        if (header.Questions != 1 || DnsQuestion.TryRead(message, ref offset) is not { } question)
        {
            return DnsCode.FormatError;
        }

        DnsQuery read = query with { Question = question, QuestionEnd = offset };
        int others = header.Answers + header.Authorities;
        for (int i = 0; i < others + header.Additionals; i++)
        {
            if (!TryReadRecord(message, ref offset, mayBeOption: i >= others, ref read))
            {
                return DnsCode.FormatError;
            }
        }

        query = read;
        return DnsCode.NoError;
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> message, ref int offset, bool mayBeOption, ref DnsQuery query)
    {
        int start = offset;
        if (!DnsName.TrySkip(message, ref offset) || offset + FixedRecordLength > message.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = message[offset..];
        offset += FixedRecordLength + BinaryPrimitives.ReadUInt16BigEndian(rest[8..]);
        if (offset > message.Length)
        {
            return false;
        }

        if ((DnsType)BinaryPrimitives.ReadUInt16BigEndian(rest) != DnsType.Opt)
        {
            return true;
        }

        // One at most, and of the root (RFC 6891 section 6.1.1).
        if (!mayBeOption || query.HasEdns || message[start] != 0)
        {
            return false;
        }

        query = query with
        {
            HasEdns = true,
            PayloadSize = Math.Max(PlainPayload, (int)BinaryPrimitives.ReadUInt16BigEndian(rest[2..])),
            EdnsFlags = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]),
        };
        return true;
    }
}
