using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;

namespace FastRun.Engine.Networks.Names;

/// <summary>Reads the addresses that a response has for a question, whoever wrote it (RFC 1035 section 4.1.3).</summary>
internal static class DnsAnswer
{
    private const int FixedRecordLength = 10;
    private const int MostRecords = 256;
    private const int MostAliases = 16;

    /// <summary>
    /// The addresses of the name that was asked for, or of those that it is an alias of, with the seconds that they may be kept:
    /// the least on the way. Empty where the response cannot be read.
    /// </summary>
    internal static List<(IPAddress Address, uint TimeToLive)> Addresses(ReadOnlySpan<byte> message, in DnsQuestion question)
    {
        List<(string Name, IPAddress Address, uint TimeToLive)> records = [];
        Dictionary<string, (string Target, uint TimeToLive)> aliases = [];
        if (!TryRead(message, records, aliases))
        {
            return [];
        }

        List<(IPAddress, uint)> addresses = [];
        string name = question.Name;
        uint least = uint.MaxValue;
        for (int hop = 0; hop < MostAliases; hop++)
        {
            foreach ((string owner, IPAddress address, uint timeToLive) in records)
            {
                if (owner == name)
                {
                    addresses.Add((address, Math.Min(least, timeToLive)));
                }
            }

            if (!aliases.TryGetValue(name, out (string Target, uint TimeToLive) alias))
            {
                break;
            }

            (name, least) = (alias.Target, Math.Min(least, alias.TimeToLive));
        }

        return addresses;
    }

    private static bool TryRead(
        ReadOnlySpan<byte> message, List<(string Name, IPAddress Address, uint TimeToLive)> records, Dictionary<string, (string Target, uint TimeToLive)> aliases)
    {
        if (message.Length < DnsHeader.Length)
        {
            return false;
        }

        DnsHeader header = DnsHeader.Read(message);
        int offset = DnsHeader.Length;
        if (header.Code != DnsCode.NoError || header.Questions != 1 || DnsQuestion.TryRead(message, ref offset) is null)
        {
            return false;
        }

        for (int i = 0; i < Math.Min((int)header.Answers, MostRecords); i++)
        {
            if (DnsName.TryRead(message, ref offset) is not { } owner || offset + FixedRecordLength > message.Length)
            {
                return true;
            }

            ReadOnlySpan<byte> record = message[offset..];
            int length = BinaryPrimitives.ReadUInt16BigEndian(record[8..]);
            int data = offset + FixedRecordLength;
            if (data + length > message.Length)
            {
                return true;
            }

            // Its first bit is not used (RFC 2181 section 8).
            uint timeToLive = BinaryPrimitives.ReadUInt32BigEndian(record[4..]);
            timeToLive = timeToLive > int.MaxValue ? 0 : timeToLive;
            bool isInternet = BinaryPrimitives.ReadUInt16BigEndian(record[2..]) == DnsQuestion.Internet;
            switch ((DnsType)BinaryPrimitives.ReadUInt16BigEndian(record))
            {
                case DnsType.A when isInternet && length == 4:
                case DnsType.Aaaa when isInternet && length == 16:
                    records.Add((owner, new IPAddress(message.Slice(data, length)), timeToLive));
                    break;
                case DnsType.CanonicalName when isInternet:
                    int at = data;
                    if (DnsName.TryRead(message, ref at) is { } target)
                    {
                        aliases.TryAdd(owner, (target, timeToLive));
                    }

                    break;
            }

            offset = data + length;
        }

        return true;
    }
}
