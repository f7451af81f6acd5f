using System;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.Engine.Tests.Build.Cache;

public sealed class BuildCacheFilterTests
{
    private static readonly BuildCacheEntry s_step = new("abc123", "regular", "RUN echo a,b", 1, DateTimeOffset.UnixEpoch, IsInUse: false, IsShared: true);
    private static readonly BuildCacheEntry s_mount = new("ffabc1", "exec.cachemount", "cache mount /c", 1, DateTimeOffset.UnixEpoch, IsInUse: true, IsShared: false);

    /// <summary>As containerd's filters have it: all conditions of one, one of several.</summary>
    [Theory]
    [InlineData("", true, true)]
    [InlineData("type==regular", true, false)]
    [InlineData("type!=regular", false, true)]
    [InlineData("id~=abc", true, true)]
    [InlineData("id~=^abc", true, false)]
    [InlineData("id==abc", false, false)]
    [InlineData("inuse", false, true)]
    [InlineData("shared", true, false)]
    [InlineData("private", false, true)]
    [InlineData("mutable", false, true)]
    [InlineData("immutable,shared", true, false)]
    [InlineData("immutable,private", false, false)]
    [InlineData("description==\"RUN echo a,b\"", true, false)]
    [InlineData("description~=echo, shared", true, false)]
    [InlineData("parents", false, false)]
    [InlineData("description", true, true)]
    public void Parse_ConditionsOfBuildKit_HoldOrNot(string text, bool step, bool mount)
    {
        BuildCacheFilter filter = BuildCacheFilter.Parse([text]);

        Assert.Equal((step, mount), (filter.Matches(s_step), filter.Matches(s_mount)));
    }

    [Fact]
    public void Parse_OfSeveral_OneIsEnough()
    {
        BuildCacheFilter filter = BuildCacheFilter.Parse(["id==abc123,private", "inuse"]);

        Assert.Equal((false, true), (filter.Matches(s_step), filter.Matches(s_mount)));
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("nosuch==a")]
    [InlineData("type=regular")]
    [InlineData("type!")]
    [InlineData("inuse==true")]
    [InlineData("shared,,private")]
    [InlineData("id~=(")]
    public void Parse_WhatIsNone_IsRefused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<EngineException>(() => BuildCacheFilter.Parse([text])).Kind);

    [Theory]
    [InlineData("inuse", "1", false, true)]
    [InlineData("inuse", "false", true, false)]
    [InlineData("private", "true", false, true)]
    [InlineData("shared", "", true, false)]
    [InlineData("id", "^ff", false, true)]
    [InlineData("type", "regular", true, false)]
    [InlineData("parent", "abc", false, false)]
    public void Of_TermsByKey_HoldOrNot(string key, string value, bool step, bool mount)
    {
        FilterTerms terms = new();
        terms.Add(key, value);
        BuildCacheFilter filter = BuildCacheFilter.Of(terms);

        Assert.Equal((step, mount), (filter.Matches(s_step), filter.Matches(s_mount)));
    }

    [Fact]
    public void Of_NothingOrTooMuch_IsEverythingOrRefused()
    {
        FilterTerms terms = new();
        Assert.True(BuildCacheFilter.Of(terms).Matches(s_mount));
        terms.Add("type", "regular");
        terms.Add("type", "exec.cachemount");
        Assert.Throws<EngineException>(() => BuildCacheFilter.Of(terms));
        FilterTerms unknown = new();
        unknown.Add("nosuch", "1");
        Assert.Throws<EngineException>(() => BuildCacheFilter.Of(unknown));
        FilterTerms wrong = new();
        wrong.Add("inuse", "perhaps");
        Assert.Throws<EngineException>(() => BuildCacheFilter.Of(wrong));
    }
}
