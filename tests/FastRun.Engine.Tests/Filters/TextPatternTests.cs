using System;
using System.Diagnostics;
using System.Text.RegularExpressions;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.Engine.Tests.Filters;

/// <summary>The patterns of filters mean what they mean to the framework's regular expressions.</summary>
public sealed class TextPatternTests
{
    private static readonly string[] s_texts =
        ["", "a", "b", "ab", "aab", "abc", "web", "web-1", "web-12", "my-web", "/web", "a.b", "axb", "x|y", "aaaa", "a]b", "^a", "WEB"];

    [Theory]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("^web")]
    [InlineData("web$")]
    [InlineData("^web$")]
    [InlineData("^/web$")]
    [InlineData("^$")]
    [InlineData("web-[0-9]")]
    [InlineData("web-[0-9]+$")]
    [InlineData("web-[^1]")]
    [InlineData("web-[0-9]?$")]
    [InlineData("a.b")]
    [InlineData(@"a\.b")]
    [InlineData("a*b")]
    [InlineData("^a*$")]
    [InlineData("^a+b?c*$")]
    [InlineData(".*")]
    [InlineData("^.*-.*$")]
    [InlineData("^web$|^a$")]
    [InlineData("web-1|b")]
    [InlineData("|x")]
    [InlineData("[]a]b")]
    [InlineData("[a-]")]
    [InlineData(@"x\|y")]
    public void IsIn_Pattern_AsTheFrameworkSays(string pattern)
    {
        TextPattern parsed = TextPattern.Parse(pattern);
        string theirs = pattern.Replace("[]a]", "[\\]a]", StringComparison.Ordinal);
        foreach (string text in s_texts)
        {
            Assert.True(Regex.IsMatch(text, theirs, RegexOptions.CultureInvariant) == parsed.IsIn(text), $"'{pattern}' in '{text}'");
        }
    }

    [Theory]
    [InlineData("(a)")]
    [InlineData("a{2}")]
    [InlineData("*")]
    [InlineData("a**")]
    [InlineData("[a")]
    [InlineData("[[:alpha:]]")]
    [InlineData(@"\d")]
    [InlineData(@"a\")]
    [InlineData("a^")]
    [InlineData("$a")]
    public void Parse_WhatItDoesNotKnow_IsRefused(string pattern) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<EngineException>(() => TextPattern.Parse(pattern)).Kind);

    [Fact]
    public void IsIn_PatternThatMakesOthersBacktrack_IsQuick()
    {
        TextPattern pattern = TextPattern.Parse("^" + string.Concat(System.Linq.Enumerable.Repeat("a?", 500)) + new string('a', 500) + "b$");
        Stopwatch clock = Stopwatch.StartNew();

        Assert.False(pattern.IsIn(new string('a', 1000)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30));
    }
}
