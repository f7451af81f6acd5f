using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.Engine.Tests.Filters;

/// <summary>Terms of --filter.</summary>
public sealed class FilterTermsTests
{
    private static readonly Dictionary<string, string> s_labels = new() { ["a"] = "1", ["empty"] = "" };

    [Fact]
    public void Add_Text_IsSplitAtTheFirstEqualsSign()
    {
        FilterTerms terms = Terms(" Label = a=b=c ", "label=d");

        Assert.Equal(["a=b=c", "d"], terms.Values("label"));
        Assert.Equal(["label"], terms.Keys);
        Assert.Empty(terms.Values("name"));
    }

    [Fact]
    public void Add_NoEqualsSign_IsRefusedInDockersWords() =>
        Assert.Equal("bad format of filter (expected name=value)", Assert.Throws<EngineException>(() => Terms("foo")).Message);

    [Fact]
    public void RequireKnown_UnknownKey_IsRefusedInDockersWords() =>
        Assert.Equal("invalid filter 'foo'", Assert.Throws<EngineException>(() => Terms("a=1", "foo=bar").RequireKnown("a", "b")).Message);

    [Theory]
    [InlineData("label=a", true)]
    [InlineData("label=a=1", true)]
    [InlineData("label=a=2", false)]
    [InlineData("label=a=", false)]
    [InlineData("label=empty=", true)]
    [InlineData("label=b", false)]
    [InlineData("label!=a", false)]
    [InlineData("label!=a=2", true)]
    [InlineData("label!=b", true)]
    public void MatchesLabels_OneTerm(string term, bool expected) => Assert.Equal(expected, Terms(term).MatchesLabels(s_labels));

    [Fact]
    public void MatchesLabels_Several_AllMustHold()
    {
        Assert.True(Terms("label=a", "label=empty").MatchesLabels(s_labels));
        Assert.False(Terms("label=a", "label=b").MatchesLabels(s_labels));
        Assert.True(Terms().MatchesLabels(s_labels));
    }

    [Theory]
    [InlineData("name=web", "web-1", true)]
    [InlineData("name=^web$", "web-1", false)]
    [InlineData("name=web.1", "web-1", true)]
    [InlineData("name=x", "web-1", false)]
    [InlineData("other=x", "web-1", true)]
    public void Matches_TextOrPattern(string term, string text, bool expected) => Assert.Equal(expected, Terms(term).Matches("name", text));

    [Fact]
    public void Matches_WhatIsNoPatternButEqual_Matches() => Assert.True(Terms("name=(").Matches("name", "("));

    [Fact]
    public void Flag_Values()
    {
        Assert.Null(Terms().Flag("dangling"));
        Assert.True(Terms("dangling=1", "dangling=true").Flag("dangling"));
        Assert.False(Terms("dangling=false").Flag("dangling"));
        Assert.Throws<EngineException>(() => Terms("dangling=true", "dangling=false").Flag("dangling"));
        Assert.Equal("invalid filter 'dangling=[x]'", Assert.Throws<EngineException>(() => Terms("dangling=x").Flag("dangling")).Message);
    }

    private static FilterTerms Terms(params string[] texts)
    {
        FilterTerms terms = new();
        foreach (string text in texts)
        {
            terms.Add(text);
        }

        return terms;
    }
}
