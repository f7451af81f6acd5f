using System;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Tests.Networks.Names;

/// <summary>Queries as dig 9.18 sends them, and broken ones.</summary>
public sealed class DnsQueryTests
{
    // dig db.Example A: a cookie among the options of its OPT record.
    private const string Plain = "dfb401200001000000000001026462074578616d706c65000001000100002904d000000000000c000a00084b36b9c6928ffae4";

    // dig +noedns db AAAA
    private const string NoEdns = "73630120000100000000000002646200001c0001";

    // dig +dnssec +bufsize=1232 +nocookie web.my-net A
    private const string Dnssec = "a86e0120000100000000000103776562066d792d6e6574000001000100002904d0000080000000";

    // dig -x 10.210.0.2
    private const string Reverse =
        "feee01200001000000000001013201300332313002313007696e2d61646472046172706100000c000100002904d000000000000c000a000884596a0c070d2b03";

    [Fact]
    public void Parse_OfDig_IsWhatDigAsked()
    {
        Assert.Equal(DnsCode.NoError, Parse(Plain, out DnsQuery query));
        Assert.Equal(new DnsQuestion("db.example", DnsType.A, 1), query.Question);
        Assert.Equal(0xDFB4, query.Header.Id);
        Assert.Equal((true, 1232, 0), (query.HasEdns, query.PayloadSize, query.EdnsVersion));
        Assert.Equal(12 + 12 + 4, query.QuestionEnd);
    }

    [Fact]
    public void Parse_WithoutEdns_TakesTheSmallDatagram()
    {
        Assert.Equal(DnsCode.NoError, Parse(NoEdns, out DnsQuery query));
        Assert.Equal(new DnsQuestion("db", DnsType.Aaaa, 1), query.Question);
        Assert.Equal((false, 512), (query.HasEdns, query.PayloadSize));
    }

    [Fact]
    public void Parse_OfDigX_IsTheNameOfTheAddress()
    {
        Assert.Equal(DnsCode.NoError, Parse(Reverse, out DnsQuery query));
        Assert.Equal(new DnsQuestion("2.0.210.10.in-addr.arpa", DnsType.Ptr, 1), query.Question);
    }

    [Fact]
    public void Parse_DnssecFlag_IsKept()
    {
        Assert.Equal(DnsCode.NoError, Parse(Dnssec, out DnsQuery query));
        Assert.Equal(0x8000u, query.EdnsFlags);
    }

    [Fact]
    public void Parse_ResponseOrPieceOfAHeader_GetsNoAnswer()
    {
        byte[] response = Convert.FromHexString(NoEdns);
        response[2] |= 0x80;
        Assert.Null(DnsQuery.Parse(response, out _));
        Assert.Null(DnsQuery.Parse(response.AsSpan(0, 11), out _));
        Assert.Null(DnsQuery.Parse([], out _));
    }

    [Fact]
    public void Parse_AnotherOpcode_IsNotImplemented()
    {
        byte[] update = Convert.FromHexString(NoEdns);
        update[2] = 5 << 3;
        Assert.Equal(DnsCode.NotImplemented, DnsQuery.Parse(update, out DnsQuery query));
        Assert.Equal(0x7363, query.Header.Id);
    }

    [Theory]
    [InlineData(4, 0)] // no question
    [InlineData(5, 2)] // two questions, of which there is one
    [InlineData(7, 1)] // a record that is not there
    [InlineData(11, 9)]
    public void Parse_CountsThatAreWrong_AreAFormatError(int at, byte value)
    {
        byte[] message = Convert.FromHexString(NoEdns);
        message[4] = 0;
        message[5] = 1;
        message[at] = value;
        if (at == 4)
        {
            message[5] = 0;
        }

        Assert.Equal(DnsCode.FormatError, DnsQuery.Parse(message, out _));
    }

    [Fact]
    public void Parse_CutAnywhere_IsAFormatErrorOrNothing()
    {
        byte[] message = Convert.FromHexString(Plain);
        for (int length = 0; length < message.Length; length++)
        {
            Assert.Equal(length < 12 ? null : DnsCode.FormatError, DnsQuery.Parse(message.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData("000029020000000000000000002902000000000000", 2)] // two OPT records
    [InlineData("0161000029020000000000000000", 1)] // one that is not the root's
    public void Parse_OptRecordThatMayNotBe_IsAFormatError(string records, byte count)
    {
        byte[] message = [.. Convert.FromHexString(NoEdns), .. Convert.FromHexString(records)];
        message[11] = count;
        Assert.Equal(DnsCode.FormatError, DnsQuery.Parse(message, out _));
    }

    [Fact]
    public void Parse_OptRecordWithATinySize_TakesTheLeastThatAllTake()
    {
        byte[] message = [.. Convert.FromHexString(NoEdns), .. Convert.FromHexString("0000290001000000000000")];
        message[11] = 1;
        Assert.Equal(DnsCode.NoError, DnsQuery.Parse(message, out DnsQuery query));
        Assert.Equal(512, query.PayloadSize);
    }

    private static DnsCode? Parse(string hex, out DnsQuery query) => DnsQuery.Parse(Convert.FromHexString(hex), out query);
}
