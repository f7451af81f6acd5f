using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;
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
    [InlineData("^b.*e$", true)]
    [InlineData("b[x-z]*uild", true)]
    public void Matches_Name_IsFoundAsAPattern(string name, bool expected) =>
        Assert.Equal(expected, Filter(("name", name)).Matches(s_volume));

    [Fact]
    public void Matches_OneOfSeveralNamesAndDrivers()
    {
        Assert.True(Filter(("name", "x"), ("name", "cache")).Matches(s_volume));
        Assert.True(Filter(("driver", "nfs"), ("driver", "local")).Matches(s_volume));
        Assert.False(Filter(("driver", "nfs")).Matches(s_volume));
        Assert.True(VolumeFilter.All.Matches(s_volume));
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
        Assert.Equal(expected, Filter(("label", "owner"), ("label", label)).Matches(s_volume));
        Assert.Equal(!expected, VolumeFilter.OfPrune(Terms(("label!", label))).Matches(s_volume));
    }

    [Theory]
    [InlineData("dangling", "maybe", "invalid filter 'dangling=[maybe]'")]
    [InlineData("all", "true", "invalid filter 'all'")]
    [InlineData("name", "(a)", "invalid pattern '(a)'")]
    public void OfList_WhatItDoesNotKnow_IsRefusedAtOnce(string key, string value, string message) =>
        Assert.StartsWith(message, Assert.Throws<EngineException>(() => Filter((key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void OfPrune_All_IsAskedFor()
    {
        Assert.True(VolumeFilter.OfPrune(Terms(("all", "1"))).Named);
        Assert.Null(VolumeFilter.OfPrune(Terms()).Named);
        Assert.Throws<EngineException>(() => VolumeFilter.OfPrune(Terms(("name", "x"))));
    }

    private static VolumeFilter Filter(params (string Key, string Value)[] terms) => VolumeFilter.OfList(Terms(terms));

    private static FilterTerms Terms(params (string Key, string Value)[] terms)
    {
        FilterTerms all = new();
        foreach ((string key, string value) in terms)
        {
            all.Add(key, value);
        }

        return all;
    }
}
