using System.Collections.Generic;
using System.Linq;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Builds;

namespace FastRun.Tests.Cli.Output;

/// <summary>What fits into a terminal of a build's progress.</summary>
public sealed class BuildTreeTests
{
    private static readonly string[] s_output = ["1", "2", "3", "4", "5", "6", "7", "8"];

    [Fact]
    public void Lines_WithRoom_ShowAllAndTheLastOutput() => Assert.Equal(
        ["head", " => over                 0.1s", " => runs                12.0s", " => => # 3", " => => # 4", " => => # 5", " => => # 6", " => => # 7", " => => # 8"],
        BuildTree.Lines("head", [new("over", "0.1s", true, []), new("runs", "12.0s", false, s_output)], 20, 30));

    [Fact]
    public void Lines_WithoutRoom_ShowWhatRunsFirst()
    {
        List<BuildTreeStep> steps = [.. Enumerable.Range(0, 30).Select(static i => new BuildTreeStep($"over{i}", "0.1s", true, []))];
        steps.AddRange(Enumerable.Range(0, 8).Select(static i => new BuildTreeStep($"runs{i}", "1.0s", false, s_output)));
        List<string> lines = BuildTree.Lines("head", steps, 23, 80);
        Assert.Equal(23, lines.Count);
        Assert.Equal("head", lines[0]);
        Assert.Equal(8, lines.Count(static line => line.Contains("runs", System.StringComparison.Ordinal)));
        Assert.Equal(8, lines.Count(static line => line == " => => # 8"));
        Assert.Equal(["over24", "over25", "over26", "over27", "over28", "over29"], lines.Where(static line => line.Contains("over", System.StringComparison.Ordinal)).Select(static line => line.Split(' ')[2]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public void Lines_OnAFewRows_AreNeverMore(int rows)
    {
        List<BuildTreeStep> steps = [.. Enumerable.Range(0, 8).Select(static i => new BuildTreeStep($"runs{i}", "1.0s", i < 2, s_output))];
        Assert.InRange(BuildTree.Lines("head", steps, rows, 80).Count, 1, rows);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(14)]
    [InlineData(40)]
    public void Lines_OnFewColumns_AreNeverWider(int columns)
    {
        List<BuildTreeStep> steps = [new("[stage 1/2] RUN some long command", "1234.5s", true, []), new("\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d e\u0301\U0001f600", "0.1s", false, ["\u4f60\u597d\u4f60\u597d\u4f60\u597d"])];
        Assert.All(BuildTree.Lines("[+] Building 1.0s (1/2)", steps, 20, columns), line => Assert.True(TerminalLine.Width(line) < columns, line));
    }

    [Fact]
    public void Lines_AtTheEnd_AreAllSteps() => Assert.Equal(
        51, BuildTree.Lines("head", [.. Enumerable.Range(0, 50).Select(static i => new BuildTreeStep($"{i}", "0.1s", true, []))], int.MaxValue, 80).Count);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u001b[1;31mred\u001b[0m and \u001b]0;title\abold", "red and bold")]
    [InlineData("10%\r20%\r30%", "30%")]
    [InlineData("windows\r", "windows")]
    [InlineData("a\tb", "a       b")]
    [InlineData("cut \u001b[12", "cut ")]
    [InlineData("cut \u001b]0;title", "cut ")]
    [InlineData("cut \u001b", "cut ")]
    [InlineData("\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link")]
    public void Plain_WhatAProgramWrote_IsWhatOneWouldSee(string line, string expected) => Assert.Equal(expected, TerminalLine.Plain(line));
}
