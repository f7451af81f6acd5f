using System;
using FastRun.Cli.Output;
using FastRun.Documents;

namespace FastRun.Tests.Cli.Output;

/// <summary>Expected texts are those of docker/go-units and of Docker's table writer.</summary>
public sealed class OutputTests
{
    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1000, "1kB")]
    [InlineData(4268000, "4.27MB")]
    [InlineData(42680000, "42.7MB")]
    [InlineData(426800000, "427MB")]
    [InlineData(1426800000, "1.43GB")]
    [InlineData(long.MaxValue, "9.22EB")]
    public void Size_CountsInThousands(long bytes, string expected) => Assert.Equal(expected, HumanUnits.Size(bytes));

    [Theory]
    [InlineData(1024, "1KiB")]
    [InlineData(8326938624, "7.755GiB")]
    [InlineData(1073741823, "1024MiB")]
    public void BinarySize_CountsIn1024s(long bytes, string expected) => Assert.Equal(expected, HumanUnits.BinarySize(bytes));

    [Theory]
    [InlineData(0, "Less than a second ago")]
    [InlineData(1, "1 second ago")]
    [InlineData(45, "45 seconds ago")]
    [InlineData(60, "About a minute ago")]
    [InlineData(180, "3 minutes ago")]
    [InlineData(3600, "About an hour ago")]
    [InlineData(3600 * 3, "3 hours ago")]
    [InlineData(3600 * 47, "47 hours ago")]
    [InlineData(3600 * 24 * 13, "13 days ago")]
    [InlineData(3600 * 24 * 15, "2 weeks ago")]
    [InlineData(3600 * 24 * 90, "3 months ago")]
    [InlineData(3600L * 24 * 365 * 3, "3 years ago")]
    public void Ago_IsRounded(long seconds, string expected) => Assert.Equal(
        expected, HumanUnits.Ago(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(seconds)));

    [Fact]
    public void Table_ColumnsAreAtLeastTenWideAndThreeApart() => Assert.Equal(
        "REPOSITORY   TAG             SIZE\nb            very-long-tag   5B\n",
        TextTable.Format([["REPOSITORY", "TAG", "SIZE"], ["b", "very-long-tag", "5B"]]));

    [Theory]
    [InlineData("plain name:tag", "plain name:tag")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("a\nb\r\tc", "a\\nb\\r\\tc")]
    [InlineData("\u009bX", "\\u009bX")]
    [InlineData("a\u202eb", "a\\u202eb")]
    [InlineData("für 世界", "für 世界")]
    public void Escape_LeavesNothingForATerminalToObey(string text, string expected) =>
        Assert.Equal(expected, TerminalText.Escape(text));
}
