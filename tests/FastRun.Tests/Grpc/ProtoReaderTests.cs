using System;
using System.Collections.Generic;
using FastRun.Grpc;

namespace FastRun.Tests.Grpc;

public sealed class ProtoReaderTests
{
    [Fact]
    public void Read_TheExamplesOfTheEncoding_AreTheirValues()
    {
        // protobuf.dev, "Encoding": a: 150, b: "testing".
        ProtoReader reader = new(Convert.FromHexString("089601120774657374696e67"));
        Assert.True(reader.TryNext(out int field));
        Assert.Equal(1, field);
        Assert.Equal(150, reader.Number());
        Assert.True(reader.TryNext(out field));
        Assert.Equal(2, field);
        Assert.Equal("testing", reader.Text());
        Assert.False(reader.TryNext(out _));
    }

    [Fact]
    public void TryNext_WhatWasNotAskedFor_IsSkippedWhateverItIs()
    {
        // A varint, 64 bits, bytes, 32 bits, then field 5.
        byte[] message = Convert.FromHexString("0801" + "110102030405060708" + "1a03aabbcc" + "2501020304" + "2807");
        Assert.Equal([1, 2, 3, 4, 5], Fields(message));
    }

    [Theory]
    [InlineData("08")]
    [InlineData("0880")]
    [InlineData("08ffffffffffffffffffff01")]
    [InlineData("ffffffffffffffffffffff01")]
    [InlineData("1102030405")]
    [InlineData("25020304")]
    [InlineData("0a")]
    [InlineData("0a05aabb")]
    [InlineData("0affffffff0faa")]
    [InlineData("0affffffffffffffff7faa")]
    [InlineData("0affffffffffffffffff01aa")]
    [InlineData("0001")]
    [InlineData("0b0c")]
    [InlineData("0c")]
    [InlineData("0e01")]
    [InlineData("0f01")]
    public void TryNext_WhatIsNotWhole_IsRefused(string message) =>
        Assert.Equal(GrpcStatus.InvalidArgument, Assert.Throws<GrpcException>(() => Fields(Convert.FromHexString(message))).Status);

    [Theory]
    [InlineData("0801", false)]
    [InlineData("110102030405060708", false)]
    [InlineData("2501020304", false)]
    [InlineData("0a0101", true)]
    public void Value_OfAnotherKind_IsRefused(string message, bool asNumber) => Assert.Equal(
        GrpcStatus.InvalidArgument, Assert.Throws<GrpcException>(() => First(Convert.FromHexString(message), asNumber)).Status);

    [Fact]
    public void Number_TakesAll64Bits()
    {
        Assert.Equal("-1", First(Convert.FromHexString("08ffffffffffffffffff01"), asNumber: true));
        Assert.Equal(long.MinValue.ToString(System.Globalization.CultureInfo.InvariantCulture), First(Convert.FromHexString("0880808080808080808001"), asNumber: true));
    }

    [Fact]
    public void TryNext_AFieldsNumberThatIsTooLarge_IsOneThatNobodyAsksFor() =>
        Assert.Equal([int.MaxValue], Fields(Convert.FromHexString("f8ffffffffffffffff0101")));

    [Fact]
    public void TryNext_MessagesInMessages_AreNoDeeperThanWhoAsks()
    {
        byte[] message = [];
        for (int i = 0; i < 2000; i++)
        {
            message = new ProtoWriter().Element(1, message).Written.ToArray();
        }

        Assert.Equal([1], Fields(message));
        int depth = 0;
        ReadOnlySpan<byte> rest = message;
        while (!rest.IsEmpty)
        {
            ProtoReader reader = new(rest);
            Assert.True(reader.TryNext(out _));
            rest = reader.Bytes();
            depth++;
        }

        Assert.Equal(2000, depth);
    }

    [Fact]
    public void Entry_OfAMap_HasItsDefaultsAndTheLastOne()
    {
        Dictionary<string, string> map = [];
        ProtoReader reader = new(new ProtoWriter().Map(4, [new("a", "1"), new("", "2"), new("a", ""), new("b", "3")]).Written.Span);
        while (reader.TryNext(out int field))
        {
            Assert.Equal(4, field);
            reader.Entry(map);
        }

        Assert.Equal(["", "a", "b"], new SortedSet<string>(map.Keys, StringComparer.Ordinal));
        Assert.Equal(("", "2", "3"), (map["a"], map[""], map["b"]));
    }

    [Fact]
    public void Text_ThatIsNone_IsReplaced() => Assert.Equal("\uFFFD", First(Convert.FromHexString("0a01ff"), asNumber: false));

    [Fact]
    public void Read_AnyBytes_EndsOrIsRefused()
    {
        // Every message of three bytes of these, of which many are tags.
        byte[] bytes = [0x00, 0x01, 0x08, 0x0a, 0x0b, 0x0d, 0x12, 0x7f, 0x80, 0xff];
        int refused = 0;
        foreach (byte a in bytes)
        {
            foreach (byte b in bytes)
            {
                foreach (byte c in bytes)
                {
                    try
                    {
                        Assert.InRange(Fields([a, b, c]).Count, 1, 3);
                    }
                    catch (GrpcException e)
                    {
                        Assert.Equal(GrpcStatus.InvalidArgument, e.Status);
                        refused++;
                    }
                }
            }
        }

        Assert.InRange(refused, 1, 999);
    }

    private static List<int> Fields(byte[] message)
    {
        List<int> fields = [];
        ProtoReader reader = new(message);
        while (reader.TryNext(out int field))
        {
            fields.Add(field);
        }

        return fields;
    }

    private static string First(byte[] message, bool asNumber)
    {
        ProtoReader reader = new(message);
        Assert.True(reader.TryNext(out _));
        return asNumber ? reader.Number().ToString(System.Globalization.CultureInfo.InvariantCulture) : reader.Text();
    }
}
