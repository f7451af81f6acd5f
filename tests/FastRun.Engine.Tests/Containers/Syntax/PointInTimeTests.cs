using System;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Containers.Syntax;

public sealed class PointInTimeTests
{
    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.1234567Z")]
    [InlineData("2026-01-02T03:04:05.5+02:00", "2026-01-02T01:04:05.5000000Z")]
    [InlineData("1767323045", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("1767323045.25", "2026-01-02T03:04:05.2500000Z")]
    public void Parse_Timestamp_IsThatTime(string text, string expected) =>
        Assert.Equal(expected, PointInTime.Parse(text).UtcDateTime.ToString("O"));

    [Fact]
    public void Parse_Duration_IsThatLongAgo()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        DateTimeOffset time = PointInTime.Parse("1h30m");

        Assert.InRange(time, before.AddMinutes(-90), DateTimeOffset.UtcNow.AddMinutes(-90));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-13-01")]
    [InlineData("99999999999999999999")]
    public void Parse_Neither_IsRefused(string text) => Assert.Throws<EngineException>(() => PointInTime.Parse(text));
}
