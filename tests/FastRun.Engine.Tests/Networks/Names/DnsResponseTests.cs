using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Tests.Networks.Names;

/// <summary>Responses, byte for byte as RFC 1035, 3596 and 6891 lay them out.</summary>
public sealed class DnsResponseTests
{
    private const string QuestionOfDb = "0264620000010001";
    private const string QuestionOfDbIPv6 = "02646200001c0001";

    [Fact]
    public void WriteAddresses_IPv4_IsTheRfcsRecord() => Assert.Equal(
        // Id, QR RD RA, 1 question, 1 answer; the question; pointer to 12, A, IN, 600 s, 4 bytes.
        "7363" + "8180" + "0001" + "0001" + "0000" + "0000" + QuestionOfDb + "c00c" + "0001" + "0001" + "00000258" + "0004" + "0ad20002",
        Addresses("73630100000100000000000" + "0" + QuestionOfDb, 512, "10.210.0.2"));

    [Fact]
    public void WriteAddresses_IPv6_IsTheRfcsRecord() => Assert.Equal(
        "7363" + "8180" + "0001" + "0001" + "0000" + "0000" + QuestionOfDbIPv6 + "c00c" + "001c" + "0001" + "00000258" + "0010"
            + "fd000000000000000000000000000102",
        Addresses("736301000001000000000000" + QuestionOfDbIPv6, 512, "fd00::102"));

    [Fact]
    public void WriteAddresses_None_IsAnEmptyAnswerAndNoError() => Assert.Equal(
        "7363" + "8180" + "0001" + "0000" + "0000" + "0000" + QuestionOfDb,
        Addresses("736301000001000000000000" + QuestionOfDb, 512));

    [Fact]
    public void WriteAddresses_QueryWithEdns_GetsAnOptRecordWithItsDnssecFlag() => Assert.Equal(
        // The OPT record: root, 41, 4096 bytes, extended code and version 0, DO, no options.
        "7363" + "8180" + "0001" + "0001" + "0000" + "0001" + QuestionOfDb + "c00c" + "0001" + "0001" + "00000258" + "0004" + "0ad20002"
            + "00" + "0029" + "1000" + "00008000" + "0000",
        Addresses("736301000001000000000001" + QuestionOfDb + "00002904d0000080000000", 512, "10.210.0.2"));

    [Fact]
    public void WriteAddresses_MoreThanFit_AreCutAtARecordAndSaidToBe()
    {
        string[] addresses = [.. Enumerable.Range(1, 100).Select(i => $"10.0.0.{i}")];
        string plain = Addresses("736301000001000000000000" + QuestionOfDb, 512, addresses);
        // 12 + 8 bytes, then 16 for each: 30 fit in 512.
        Assert.Equal(12 + 8 + (30 * 16), plain.Length / 2);
        Assert.StartsWith("7363" + "8380" + "0001" + "001e", plain, StringComparison.Ordinal);

        string edns = Addresses("736301000001000000000001" + QuestionOfDb + "00002902000000000000" + "00", 512, addresses);
        Assert.Equal(12 + 8 + (30 * 16) + 11, edns.Length / 2);

        string stream = Addresses("736301000001000000000000" + QuestionOfDb, ushort.MaxValue, addresses);
        Assert.Equal(12 + 8 + (100 * 16), stream.Length / 2);
        Assert.StartsWith("7363" + "8180" + "0001" + "0064", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteName_IsTheRfcsRecord()
    {
        byte[] message = Convert.FromHexString("feee01000001000000000000013201300332313002313007696e2d61646472046172706100000c0001");
        Assert.Equal(DnsCode.NoError, DnsQuery.Parse(message, out DnsQuery query));
        byte[] buffer = new byte[1024];
        int length = DnsResponse.WriteName(buffer, message, query, "db.net");
        Assert.Equal(
            "feee" + "8180" + "0001" + "0001" + "0000" + "0000" + "013201300332313002313007696e2d61646472046172706100000c0001"
                + "c00c" + "000c" + "0001" + "00000258" + "0008" + "026462036e657400",
            Convert.ToHexStringLower(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void Write_Failure_HasTheQuestionAndNoAnswer() => Assert.Equal(
        "7363" + "8182" + "0001" + "0000" + "0000" + "0000" + QuestionOfDb,
        Failure("736301000001000000000000" + QuestionOfDb, DnsCode.ServerFailure));

    [Fact]
    public void Write_QueryThatCouldNotBeRead_IsAHeader() => Assert.Equal(
        "7363" + "8181" + "0000" + "0000" + "0000" + "0000", Failure("736301000001000000000000" + "05", DnsCode.FormatError));

    [Fact]
    public void Write_BadVersion_HasItsUpperBitsInTheOptRecord() => Assert.Equal(
        "7363" + "8180" + "0001" + "0000" + "0000" + "0001" + QuestionOfDb + "00" + "0029" + "1000" + "01000000" + "0000",
        Failure("736301000001000000000001" + QuestionOfDb + "00002904d00001000000" + "00", DnsCode.BadVersion));

    [Theory]
    [InlineData("000181800001000000000000" + QuestionOfDb, true)]
    [InlineData("0001818000010000000000000264420000010001", true)] // another case
    [InlineData("000281800001000000000000" + QuestionOfDb, false)] // another id
    [InlineData("000101800001000000000000" + QuestionOfDb, false)] // a query
    [InlineData("000181800001000000000000" + QuestionOfDbIPv6, false)] // another question
    [InlineData("000181800000000000000000", false)] // no question, and no error
    [InlineData("000181850000000000000000", true)] // no question, refused
    [InlineData("0001818000020000000000000264620000010001", false)]
    [InlineData("00018180", false)]
    [InlineData("", false)]
    public void Answers_Message_IsJudgedByIdAndQuestion(string hex, bool answers) =>
        Assert.Equal(answers, DnsResponse.Answers(Convert.FromHexString(hex), 1, new DnsQuestion("db", DnsType.A, 1)));

    private static string Addresses(string query, int limit, params string[] addresses)
    {
        byte[] message = Convert.FromHexString(query);
        Assert.Equal(DnsCode.NoError, DnsQuery.Parse(message, out DnsQuery parsed));
        byte[] buffer = new byte[ushort.MaxValue];
        List<IPAddress> list = [.. addresses.Select(IPAddress.Parse)];
        return Convert.ToHexStringLower(buffer.AsSpan(0, DnsResponse.WriteAddresses(buffer, message, parsed, list, limit)));
    }

    private static string Failure(string query, DnsCode code)
    {
        byte[] message = Convert.FromHexString(query);
        _ = DnsQuery.Parse(message, out DnsQuery parsed);
        byte[] buffer = new byte[1024];
        return Convert.ToHexStringLower(buffer.AsSpan(0, DnsResponse.Write(buffer, message, parsed, code)));
    }
}
