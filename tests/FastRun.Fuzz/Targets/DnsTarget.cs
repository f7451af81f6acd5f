using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Networks.Names;

namespace FastRun.Fuzz.Targets;

/// <summary>DNS queries of containers and responses of servers: read within their bounds, and answered within the asker's.</summary>
internal sealed class DnsTarget : FuzzTarget
{
    // As dig sends them: with EDNS and a cookie, without, for an address; then a response with a compressed answer.
    private static readonly string[] s_messages =
    [
        "dfb401200001000000000001026462074578616d706c65000001000100002904d000000000000c000a00084b36b9c6928ffae4",
        "73630120000100000000000002646200001c0001",
        "feee01200001000000000001013201300332313002313007696e2d61646472046172706100000c000100002904d000000000000c000a000884596a0c070d2b03",
        "736381800001000100000000026462000001000" + "1c00c00010001000002580004" + "0ad20002",
    ];

    private readonly byte[] _buffer = new byte[ushort.MaxValue];

    internal override string Name => "dns";

    internal override byte[] Generate(Random random) =>
        Mutation.Bytes(random, Convert.FromHexString(s_messages[random.Next(s_messages.Length)]));

    internal override bool Run(byte[] input)
    {
        _ = DnsResponse.Answers(input, 0x7363, new DnsQuestion("db", DnsType.A, 1));
        DnsCode? code = DnsQuery.Parse(input, out DnsQuery query);
        if (code is null)
        {
            return false;
        }

        if (code == DnsCode.NoError)
        {
            _ = ReverseName.TryParse(query.Question.Name);
            List<IPAddress> many = [];
            for (int i = 0; i < 300; i++)
            {
                many.Add(query.Question.Type == DnsType.Aaaa ? IPAddress.IPv6Loopback : IPAddress.Loopback);
            }

            int limit = DnsResponse.DatagramLimit(query);
            Check(input, query, DnsResponse.WriteAddresses(_buffer, input, query, many, limit), limit);
            Check(input, query, DnsResponse.WriteName(_buffer, input, query, "db.net"), DnsQuery.PlainPayload);
        }

        int length = DnsResponse.Write(_buffer, input, query, code == DnsCode.NoError ? DnsCode.ServerFailure : code.Value);
        Check(input, query, length, DnsQuery.PlainPayload);
        return code == DnsCode.NoError;
    }

    /// <summary>It fits, and a resolver that sent the query takes it for the answer.</summary>
    private void Check(byte[] input, in DnsQuery query, int length, int limit)
    {
        ReadOnlySpan<byte> response = _buffer.AsSpan(0, length);
        if (length > limit)
        {
            throw new FuzzFailureException($"a response of {length} bytes where {limit} are taken");
        }

        bool isRead = query.QuestionEnd > DnsHeader.Length;
        if (isRead && !DnsResponse.Answers(response, query.Header.Id, query.Question))
        {
            throw new FuzzFailureException($"{Convert.ToHexString(response)} does not answer {Convert.ToHexString(input)}");
        }
    }
}
