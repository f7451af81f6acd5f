using System;
using System.Text;
using FastRun.Grpc;

namespace FastRun.Tests.Grpc;

public sealed class ProtoWriterTests
{
    [Fact]
    public void Write_TheExamplesOfTheEncoding_AreTheirBytes() =>
        Assert.Equal("089601120774657374696E67", Hex(new ProtoWriter().Number(1, 150).Text(2, "testing")));

    [Fact]
    public void Write_Defaults_AreLeftOut() =>
        Assert.Equal("", Hex(new ProtoWriter().Number(1, 0).Flag(2, false).Text(3, "").Text(4, null).Bytes(5, [])));

    [Fact]
    public void Element_OfNothing_IsThere() => Assert.Equal("0A001200", Hex(new ProtoWriter().Element(1, []).Message(2, new ProtoWriter())));

    [Theory]
    [InlineData(127, "087F")]
    [InlineData(128, "088001")]
    [InlineData(-1, "08FFFFFFFFFFFFFFFFFF01")]
    [InlineData(long.MaxValue, "08FFFFFFFFFFFFFFFF7F")]
    public void Number_IsAVarint(long value, string bytes) => Assert.Equal(bytes, Hex(new ProtoWriter().Number(1, value)));

    [Fact]
    public void Tag_OfALargeField_HasSeveralBytes() => Assert.Equal("80017F", Hex(new ProtoWriter().Number(16, 127)));

    [Fact]
    public void Text_IsUtf8WithItsLengthInBytes()
    {
        string text = new('é', 100);
        byte[] written = new ProtoWriter().Text(1, text).Written.ToArray();
        Assert.Equal([0x0A, 0xC8, 0x01], written[..3]);
        Assert.Equal(text, Encoding.UTF8.GetString(written[3..]));
    }

    [Fact]
    public void Time_IsSecondsAndNanoseconds() =>
        Assert.Equal("0A020803", Hex(new ProtoWriter().Time(1, DateTimeOffset.UnixEpoch.AddSeconds(3))));

    [Fact]
    public void Time_OfAFraction_IsWhatItReads()
    {
        ProtoReader reader = new(new ProtoWriter().Time(1, DateTimeOffset.UnixEpoch.AddTicks(15_000_001)).Written.Span);
        Assert.True(reader.TryNext(out _));
        ProtoReader time = new(reader.Bytes());
        Assert.True(time.TryNext(out _));
        Assert.Equal(1, time.Number());
        Assert.True(time.TryNext(out _));
        Assert.Equal(500_000_100, time.Number());
    }

    private static string Hex(ProtoWriter writer) => Convert.ToHexString(writer.Written.Span);
}
