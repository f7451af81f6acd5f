using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Tests.Networks.Names;

public sealed class DnsAnswerTests
{
    private static readonly DnsQuestion s_question = new("example.org", DnsType.A, DnsQuestion.Internet);

    [Fact]
    public void Addresses_OfTheNameAndItsAliases_WithTheLeastTime()
    {
        byte[] message = Message(
            Record("cdn.example.net", DnsType.A, 60, [192, 0, 2, 1]),
            Record("example.org", DnsType.CanonicalName, 30, Name("www.example.org")),
            Record("www.example.org", DnsType.CanonicalName, 300, Name("cdn.example.net")),
            Record("cdn.example.net", DnsType.A, 10, [192, 0, 2, 2]),
            Record("cdn.example.net", DnsType.Aaaa, 90, IPAddress.Parse("2001:db8::1").GetAddressBytes()));
        Assert.Equal(["192.0.2.1 30", "192.0.2.2 10", "2001:db8::1 30"], Read(message));
    }

    [Fact]
    public void Addresses_OfOtherNames_AreNone() => Assert.Empty(Read(Message(
        Record("evil.example.net", DnsType.A, 60, [192, 0, 2, 1]),
        Record("a.example.org", DnsType.A, 60, [192, 0, 2, 2]))));

    [Fact]
    public void Addresses_AliasesInACircle_End() => Assert.Equal(["192.0.2.1 60"], Read(Message(
        Record("example.org", DnsType.CanonicalName, 60, Name("b.org")),
        Record("b.org", DnsType.A, 60, [192, 0, 2, 1]),
        Record("b.org", DnsType.CanonicalName, 60, Name("b.org")))).Distinct());

    [Fact]
    public void Addresses_NegativeTime_IsNone() =>
        Assert.Equal(["192.0.2.1 0"], Read(Message(Record("example.org", DnsType.A, 0x8000_0000, [192, 0, 2, 1]))));

    [Fact]
    public void Addresses_OfAFailure_AreNone()
    {
        byte[] message = Message(Record("example.org", DnsType.A, 60, [192, 0, 2, 1]));
        message[3] |= 3;
        Assert.Empty(Read(message));
    }

    [Fact]
    public void Addresses_AnyCutOrChangedMessage_IsReadWithoutFailing()
    {
        byte[] message = Message(
            Record("example.org", DnsType.CanonicalName, 30, Name("www.example.org")), Record("www.example.org", DnsType.A, 60, [192, 0, 2, 1]));
        for (int length = 0; length < message.Length; length++)
        {
            Assert.Empty(Read(message[..length]).Except(["192.0.2.1 30"]));
        }

        for (int at = 12; at < message.Length; at++)
        {
            byte[] changed = [.. message];
            changed[at] ^= 0xC0;
            Assert.True(Read(changed).Count <= 1);
        }
    }

    private static List<string> Read(byte[] message) =>
        DnsAnswer.Addresses(message, s_question).ConvertAll(static each => $"{each.Address} {each.TimeToLive}");

    private static byte[] Message(params byte[][] answers)
    {
        byte[] header = new byte[DnsHeader.Length];
        new DnsHeader(1, DnsHeader.Response, 1, (ushort)answers.Length, 0, 0).Write(header);
        return [.. header, .. Name("example.org"), 0, 1, 0, 1, .. answers.SelectMany(static each => each)];
    }

    private static byte[] Record(string name, DnsType type, uint timeToLive, byte[] data)
    {
        byte[] fixedPart = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(2), DnsQuestion.Internet);
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart.AsSpan(4), timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(8), (ushort)data.Length);
        return [.. Name(name), .. fixedPart, .. data];
    }

    private static byte[] Name(string name)
    {
        byte[] bytes = new byte[DnsName.MaxLength];
        return bytes[..DnsName.Write(name, bytes)];
    }
}
