using System;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Engine.Supervision;

/// <summary>
/// When a container is probed, and what a probe means. The first probe comes at once, and others follow quickly until one
/// succeeds; of the failures until then only those count that Docker would have seen: one for each interval, after the start
/// period. Later each counts.
/// </summary>
internal sealed class HealthSchedule
{
    private readonly HealthCheck _check;
    private readonly TimeSpan _interval;
    private TimeSpan _countsFrom;

    /// <summary>Begins at the start of the container.</summary>
    internal HealthSchedule(HealthCheck check)
    {
        _check = check;
        _interval = check.Interval ?? HealthCheck.DefaultInterval;
        TimeSpan period = check.StartPeriod ?? TimeSpan.Zero;
        _countsFrom = period > _interval ? period : _interval;
    }

    /// <summary>What is known.</summary>
    internal HealthState State { get; private set; } = new();

    /// <summary>How long to wait after a probe before the next one.</summary>
    internal TimeSpan Pause
    {
        get
        {
            TimeSpan quick = _check.StartInterval ?? HealthCheck.DefaultStartInterval;
            return State.Status == HealthStatus.Starting && quick < _interval ? quick : _interval;
        }
    }

    /// <summary>Takes a probe's result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="since">How long the container had run when the probe ended.</param>
    /// <returns>Whether the status has changed.</returns>
    internal bool Add(HealthProbeResult result, TimeSpan since)
    {
        string before = State.Status;
        int streak = State.FailingStreak;
        string status = before;
        if (result.ExitCode == 0)
        {
            (streak, status) = (0, HealthStatus.Healthy);
        }
        else if (before != HealthStatus.Starting || since >= _countsFrom)
        {
            _countsFrom = since + _interval;
            streak++;
            status = streak >= (_check.Retries ?? HealthCheck.DefaultRetries) ? HealthStatus.Unhealthy : before;
        }

        int kept = Math.Min(State.Log.Count, HealthState.MostKept - 1);
        HealthProbeResult[] log = new HealthProbeResult[kept + 1];
        for (int i = 0; i < kept; i++)
        {
            log[i] = State.Log[State.Log.Count - kept + i];
        }

        log[kept] = result;
        State = new HealthState { Status = status, FailingStreak = streak, Log = log };
        return status != before;
    }
}
