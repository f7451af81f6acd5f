using System;
using System.Linq;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Supervision;

namespace FastRun.Engine.Tests.Supervision;

public sealed class HealthScheduleTests
{
    private static readonly HealthCheck s_check = new() { Interval = TimeSpan.FromSeconds(10), Retries = 2, StartInterval = TimeSpan.FromSeconds(2) };

    [Fact]
    public void Starting_ProbesQuickly_AndThenAtTheInterval()
    {
        HealthSchedule schedule = new(s_check);
        Assert.Equal(TimeSpan.FromSeconds(2), schedule.Pause);

        Assert.False(schedule.Add(Result(1), Seconds(0)));
        Assert.Equal((HealthStatus.Starting, TimeSpan.FromSeconds(2)), (schedule.State.Status, schedule.Pause));

        Assert.True(schedule.Add(Result(0), Seconds(2)));
        Assert.Equal((HealthStatus.Healthy, TimeSpan.FromSeconds(10)), (schedule.State.Status, schedule.Pause));
    }

    [Fact]
    public void Starting_CountsOneFailureAnInterval()
    {
        HealthSchedule schedule = new(s_check);
        foreach ((int at, int streak) in new[] { (0, 0), (2, 0), (9, 0), (10, 1), (12, 1), (19, 1) })
        {
            Assert.False(schedule.Add(Result(1), Seconds(at)));
            Assert.Equal(streak, schedule.State.FailingStreak);
        }

        Assert.True(schedule.Add(Result(1), Seconds(20)));
        Assert.Equal(HealthStatus.Unhealthy, schedule.State.Status);
        Assert.Equal(TimeSpan.FromSeconds(10), schedule.Pause);
    }

    [Fact]
    public void StartPeriod_FailuresDoNotCount()
    {
        HealthSchedule schedule = new(s_check with { StartPeriod = TimeSpan.FromSeconds(60) });
        for (int at = 0; at < 60; at += 2)
        {
            schedule.Add(Result(1), Seconds(at));
        }

        Assert.Equal((HealthStatus.Starting, 0), (schedule.State.Status, schedule.State.FailingStreak));
        schedule.Add(Result(1), Seconds(60));
        Assert.Equal(1, schedule.State.FailingStreak);
    }

    [Fact]
    public void Healthy_EveryFailureCounts_AndOneSuccessIsEnough()
    {
        HealthSchedule schedule = new(s_check);
        schedule.Add(Result(0), Seconds(0));

        Assert.False(schedule.Add(Result(3), Seconds(1)));
        Assert.Equal((HealthStatus.Healthy, 1), (schedule.State.Status, schedule.State.FailingStreak));
        Assert.True(schedule.Add(Result(-1), Seconds(2)));
        Assert.Equal(HealthStatus.Unhealthy, schedule.State.Status);
        Assert.False(schedule.Add(Result(1), Seconds(3)));
        Assert.Equal(3, schedule.State.FailingStreak);
        Assert.True(schedule.Add(Result(0), Seconds(4)));
        Assert.Equal((HealthStatus.Healthy, 0), (schedule.State.Status, schedule.State.FailingStreak));
    }

    [Fact]
    public void Log_KeepsTheLastFive()
    {
        HealthSchedule schedule = new(s_check);
        for (int code = 1; code <= 8; code++)
        {
            schedule.Add(Result(code), Seconds(code));
        }

        Assert.Equal([4, 5, 6, 7, 8], schedule.State.Log.Select(result => result.ExitCode));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static HealthProbeResult Result(int code) => new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, code, "");
}
