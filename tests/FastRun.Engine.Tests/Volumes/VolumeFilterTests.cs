using System;
using System.Collections.Generic;
using FastRun.Engine.Volumes;

namespace FastRun.Engine.Tests.Volumes;

public sealed class VolumeFilterTests
{
    private static readonly VolumeSummary s_volume = new(
        "build-cache", "local", "/x", DateTimeOffset.UnixEpoch, new Dictionary<string, string> { ["owner"] = "ci", ["empty"] = "" }, new Dictionary<string, string>());

    [Theory]
    [InlineData("cache", true)]
    [InlineData("build-cache", true)]
    [InlineData("^build", true)]
    [InlineData("^cache", false)]
    [InlineData("cache$", true)]
    [InlineData("build$", false)]
    [InlineData("^build-cache$", true)]
    [InlineData("^build$", false)]
    [InlineData("", true)]
    [InlineData("Cache", false)]
    public void Matches_Name_IsAPart(string name, bool expected) =>
        Assert.Equal(expected, new VolumeFilter { Names = [name] }.Matches(s_volume));

    [Fact]
    public void Matches_OneOfSeveralNamesAndDrivers()
    {
        Assert.True(new VolumeFilter { Names = ["x", "cache"] }.Matches(s_volume));
        Assert.True(new VolumeFilter { Drivers = ["nfs", "local"] }.Matches(s_volume));
        Assert.False(new VolumeFilter { Drivers = ["nfs"] }.Matches(s_volume));
    }

    [Theory]
    [InlineData("owner", true)]
    [InlineData("owner=ci", true)]
    [InlineData("owner=", false)]
    [InlineData("owner=me", false)]
    [InlineData("empty", true)]
    [InlineData("empty=", true)]
    [InlineData("missing", false)]
    public void Matches_Labels_AllMustBeThere_AndAbsentOnesNone(string label, bool expected)
    {
        Assert.Equal(expected, new VolumeFilter { Labels = ["owner", label] }.Matches(s_volume));
        Assert.Equal(!expected, new VolumeFilter { AbsentLabels = [label] }.Matches(s_volume));
    }
}
