using FastRun.RegistryApi;

namespace FastRun.Tests.RegistryApi;

/// <summary>RFC 9110, section 14.1.2, and the chunks of distribution-spec 1.1.</summary>
public sealed class ByteRangeTests
{
    [Theory]
    [InlineData(null, 10, 0, 10)]
    [InlineData("", 10, 0, 10)]
    [InlineData("bytes=0-4", 10, 0, 5)]
    [InlineData("BYTES=0-4", 10, 0, 5)]
    [InlineData("bytes=9-", 10, 9, 1)]
    [InlineData("bytes=-3", 10, 7, 3)]
    [InlineData("bytes=-30", 10, 0, 10)]
    [InlineData("bytes=4-2", 10, 0, 10)]
    [InlineData("bytes=a-b", 10, 0, 10)]
    [InlineData("bytes=-", 10, 0, 10)]
    [InlineData("bytes=0-1,3-4", 10, 0, 10)]
    [InlineData("bytes=0-99999999999999999999", 10, 0, 10)]
    public void TryParse_Header_IsThatPart(string? header, long size, long start, long length)
    {
        Assert.True(ByteRange.TryParse(header, size, out ByteRange range));

        Assert.Equal(new ByteRange(start, length), range);
    }

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=10-20", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-1", 0)]
    public void TryParse_NoByteOfIt_IsFalse(string header, long size) => Assert.False(ByteRange.TryParse(header, size, out _));

    [Theory]
    [InlineData("0-9", 0, 10)]
    [InlineData("10-10", 10, 1)]
    public void TryParseChunk_StartAndEnd_IsThatPart(string text, long start, long length)
    {
        Assert.True(ByteRange.TryParseChunk(text, out ByteRange range));

        Assert.Equal(new ByteRange(start, length), range);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5-4")]
    [InlineData("-4")]
    [InlineData("5-")]
    [InlineData("bytes 0-4/5")]
    [InlineData("0-9223372036854775807")]
    public void TryParseChunk_SomethingElse_IsFalse(string text) => Assert.False(ByteRange.TryParseChunk(text, out _));
}
