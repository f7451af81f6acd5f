using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Tests.Launch;

public sealed class TimelineTests
{
    [Fact]
    public void Print_NotAskedFor_IsEmpty()
    {
        Timeline timeline = new(enabled: false);
        timeline.End("open");
        timeline.EndLaunch(default);

        Assert.False(timeline.Enabled);
        Assert.Equal("", timeline.Print());
    }

    [Fact]
    public void Spans_EachBeginsWhereTheOneBeforeEnded()
    {
        long before = Stopwatch.GetTimestamp();
        Timeline timeline = new(enabled: true);
        timeline.End("open");
        timeline.End("plan");

        Assert.Equal(["open", "plan"], timeline.Spans.Select(span => span.Phase));
        Assert.InRange(timeline.Spans[0].From, before, timeline.Spans[0].To);
        Assert.Equal(timeline.Spans[0].To, timeline.Spans[1].From);
        Assert.InRange(timeline.Spans[1].To, timeline.Spans[1].From, Stopwatch.GetTimestamp());
        Assert.Empty(new Timeline(enabled: false).Spans);
    }

    [Fact]
    public void Print_PhasesInOrderThenTheirSum()
    {
        Timeline timeline = new(enabled: true);
        timeline.End("open");
        timeline.End("plan");

        string[][] lines = [.. timeline.Print().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

        Assert.Equal(["open", "plan", "total"], lines.Select(words => words[0]));
        Assert.All(lines, words => Assert.Equal("ms", words[2]));
        double[] times = [.. lines.Select(words => double.Parse(words[1], CultureInfo.InvariantCulture))];
        Assert.All(times, time => Assert.True(time >= 0));
        Assert.Equal(times[0] + times[1], times[2], 0.0021);
    }
}
