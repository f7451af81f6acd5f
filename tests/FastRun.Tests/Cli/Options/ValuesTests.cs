using System;
using FastRun.Cli.Options;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Tests.Cli.Options;

/// <summary>The messages are those of Go's strconv and time packages.</summary>
public sealed class ValuesTests
{
    [Theory]
    [InlineData("10m", 600_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("300ms", 300)]
    [InlineData("0", 0)]
    [InlineData("-1s", -1_000)]
    [InlineData("+2s", 2_000)]
    public void Duration_Go_IsParsed(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), GoDuration.Parse(text));

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("abc", "time: invalid duration \"abc\"")]
    [InlineData("10", "time: missing unit in duration \"10\"")]
    [InlineData("10x", "time: unknown unit \"x\" in duration \"10x\"")]
    [InlineData("1..5s", "time: invalid duration \"1..5s\"")]
    [InlineData("99999999999h", "time: invalid duration \"99999999999h\"")]
    public void Duration_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => GoDuration.Parse(text)).Message);

    [Theory]
    [InlineData("x", "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("", "strconv.ParseInt: parsing \"\": invalid syntax")]
    [InlineData("-", "strconv.ParseInt: parsing \"-\": invalid syntax")]
    [InlineData("1.5", "strconv.ParseInt: parsing \"1.5\": invalid syntax")]
    [InlineData("99999999999999999999", "strconv.ParseInt: parsing \"99999999999999999999\": value out of range")]
    public void Integer_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => Values.Integer(text)).Message);

    [Theory]
    [InlineData("99999", "strconv.ParseUint: parsing \"99999\": value out of range")]
    [InlineData("-1", "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    public void UnsignedShort_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => Values.UnsignedShort(text)).Message);
}
