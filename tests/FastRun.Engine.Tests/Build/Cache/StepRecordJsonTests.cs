using System;
using System.Text;
using FastRun.Engine.Build.Cache;

namespace FastRun.Engine.Tests.Build.Cache;

public sealed class StepRecordJsonTests
{
    [Fact]
    public void TryDecode_OfWhatEncodeMakes_IsTheSame()
    {
        StepRecord record = new()
        {
            Layer = "0123",
            Description = "[1/2] RUN \"x\"\n",
            CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
            Took = TimeSpan.FromMilliseconds(12.5),
        };
        Assert.Equal(record, StepRecordJson.TryDecode(StepRecordJson.Encode(record)));
        Assert.Equal(record with { Layer = null }, StepRecordJson.TryDecode(StepRecordJson.Encode(record with { Layer = null })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"schemaVersion":1,"description":"x"}""")]
    [InlineData("""{"schemaVersion":1,"description":5,"createdAt":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"schemaVersion":"1","description":"x","createdAt":"2026-01-01T00:00:00Z"}""")]
    public void TryDecode_OfAnythingElse_IsNothing(string json) =>
        Assert.Null(StepRecordJson.TryDecode(Encoding.UTF8.GetBytes(json)));
}
