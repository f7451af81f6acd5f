using System;
using System.Linq;
using System.Text.RegularExpressions;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>top and port, as Docker prints them.</summary>
public sealed partial class TopTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Top_WithoutOptions_HasDockersColumns()
    {
        Detached(["--name", "box"], "sh", "-c", "sleep 1000; :");
        Assert.True(Processes.Eventually(() => FastRun("top", "box").Run().Lines.Length == 3));
        string[] lines = FastRun("top", "box").Run().Lines;
        Assert.Equal("UID                 PID                 PPID                C                   STIME               TTY                 TIME                CMD", lines[0]);
        Assert.Matches(Row(), lines[1]);
        Assert.EndsWith("sh -c sleep 1000; :", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("sleep 1000", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-o pid,comm", "PID COMMAND")]
    [InlineData("-eo pid,args=WHAT", "PID WHAT")]
    [InlineData("-o user,pid -o %cpu,rss", "USER PID %CPU RSS")]
    [InlineData("aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND")]
    [InlineData("-aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND")]
    [InlineData("-ef", "UID PID PPID C STIME TTY TIME CMD")]
    [InlineData("-e", "PID TTY TIME CMD")]
    [InlineData("ax", "PID TTY STAT TIME COMMAND")]
    [InlineData("axo pid,s", "PID S")]
    public void Top_PsOptions_ChooseTheColumns(string options, string titles)
    {
        Detached(["--name", "box"], "sleep", "1000");
        string[] lines = FastRun(["top", "box", .. options.Split(' ')]).Run().Lines;
        Assert.Equal(titles.Split(' '), lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, lines.Length);
        Assert.Equal(titles.Split(' ').Length, lines[1].Replace("sleep 1000", "sleep", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Top_ValuesAreThoseOfPs()
    {
        Detached(["--name", "box", "--privileged", "-u", "1000:6"], "sleep", "1000");

        // Its state is that of a process that sleeps once it has come so far.
        Assert.True(Processes.Eventually(() => FastRun("top", "box", "-o", "s,args").Run().Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2] is ["S", "sleep"]));
        string[] names = ["pid", "ppid", "pgid", "sid", "ruid", "euid", "rgid", "egid", "s", "ni", "nlwp", "vsz", "rss", "comm", "args", "stat", "tname", "time"];
        string list = string.Join(',', names);
        string[] ours = FastRun("top", "box", "-o", list).Run().Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] theirs = Command.Output("ps", "--no-headers", "-o", list, "-p", ours[0]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(theirs, ours);
    }

    [Fact]
    public void Top_HostileNames_AreEscapedAndStayOnTheirLine()
    {
        Detached(["--name", "box"], "sh", "-c", "sleep 1000; : \u001b[2J\n)\r");
        string output = FastRun("top", "box", "-o", "pid,args").Run().Output;
        Assert.DoesNotContain('\u001b', output);
        Assert.All(output.Split('\n').Skip(1), line => Assert.Matches("^[0-9]+ ", line));
    }

    [Fact]
    public void Top_WhatCannotBe_IsOneLine()
    {
        Detached(["--name", "box"], "sleep", "1000");
        FastRun("top", "none").Run().FailsWith(1, "No such container: none");
        FastRun("top", "box", "-o", "nonsense").Run().FailsWith(1, "nonsense");
        FastRun("top", "box", "-L").Run().FailsWith(1, "-L");
        FastRun("stop", "-t", "1", "box").Run().Exits(0);
        FastRun("top", "box").Run().FailsWith(1, "is not running");
    }

    [Fact]
    public void Port_NothingIsPublished()
    {
        Detached(["--name", "box"], "sleep", "1000");
        Assert.Equal("", FastRun("port", "box").Run().Output);
        FastRun("port", "box", "80").Run().FailsWith(1, "No public port '80' published for box");
        FastRun("port", "box", "80/udp").Run().FailsWith(1, "No public port '80/udp' published for box");
        FastRun("port", "box", "http").Run().FailsWith(1, "invalid port (http)");
        FastRun("port", "none").Run().FailsWith(1, "No such container: none");
    }

    [GeneratedRegex(@"^root +\d+ +\d+ +\d+ +(\d\d:\d\d|[A-Z][a-z]{2}\d\d) +\? +00:00:00 +")]
    private static partial Regex Row();
}
