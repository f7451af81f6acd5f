using System;
using System.Diagnostics;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Events;
using FastRun.Engine.Launch;
using FastRun.Native;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Supervision;

/// <content>Health checks: one probe at a time, beside all else.</content>
public sealed partial class ContainerSupervisor
{
    private HealthSchedule? _health;
    private HealthProbe? _probe;
    private long _healthSince;
    private long _probeAt;

    private static long NowMilliseconds => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    /// <summary>The container runs: the first probe is due.</summary>
    private HealthState? BeginHealth()
    {
        _health = Request.Healthcheck is { } check ? new HealthSchedule(check) : null;
        _healthSince = Stopwatch.GetTimestamp();
        _probeAt = NowMilliseconds;
        return _health?.State;
    }

    /// <summary>It runs no more.</summary>
    private void EndHealth()
    {
        _health = null;
        _probe?.Dispose();
        _probe = null;
    }

    /// <summary>Puts what the probe makes ready into the set.</summary>
    private int AddProbe()
    {
        if (_probe is null)
        {
            return -1;
        }

        if (_probe.Output is { } output)
        {
            _poll.Add(output.Number, PollEvents.Readable);
        }

        return _poll.Add(_probe.Process.Number, PollEvents.Readable);
    }

    /// <summary>How long until something is due, in milliseconds; -1 for nothing.</summary>
    private long HealthPatience() =>
        _health is null ? -1 : _probe?.MillisecondsLeft ?? Math.Max(_probeAt - NowMilliseconds, 0);

    private void AdvanceHealth(int entry, ContainerLaunch launch)
    {
        if (_health is null)
        {
            return;
        }

        if (_probe is null)
        {
            if (NowMilliseconds >= _probeAt)
            {
                StartProbe(_health, launch);
            }

            return;
        }

        if (entry >= 0 && _poll.Ready(entry) != PollEvents.None)
        {
            HealthProbeResult result = _probe.Complete();
            _probe.Dispose();
            _probe = null;
            Note(_health, result);
        }
        else
        {
            _probe.Advance();
        }
    }

    private void StartProbe(HealthSchedule health, ContainerLaunch launch)
    {
        // Who is paused cannot answer.
        if (launch.Plan.Cgroup.IsFrozen)
        {
            _probeAt = NowMilliseconds + (long)health.Pause.TotalMilliseconds;
            return;
        }

        HealthCheck check = Request.Healthcheck!;
        try
        {
            _probe = HealthProbe.Start(_layout, _record.Id, check.Command, check.Timeout ?? HealthCheck.DefaultInterval);
        }
        catch (SyscallException exception)
        {
            Note(health, new HealthProbeResult(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, -1, exception.Message));
        }
    }

    private void Note(HealthSchedule health, HealthProbeResult result)
    {
        bool changed = health.Add(result, Stopwatch.GetElapsedTime(_healthSince));
        _probeAt = NowMilliseconds + (long)health.Pause.TotalMilliseconds;
        _state = _state with { Health = health.State };
        _store.WriteState(_record.Id, _state);
        if (changed)
        {
            ContainerEvents.Note(_layout, _record, "health_status: " + health.State.Status);
        }
    }
}
