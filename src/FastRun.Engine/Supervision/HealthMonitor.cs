using System;
using System.Diagnostics;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Supervision;

/// <summary>Probes a container that runs, one probe at a time, as a part of the poll loop of whoever holds it.</summary>
internal sealed class HealthMonitor : IDisposable
{
    private readonly StateLayout _layout;
    private readonly string _id;
    private readonly HealthCheck _check;
    private readonly Cgroup _cgroup;
    private readonly Action<HealthState, bool> _noted;
    private readonly HealthSchedule _schedule;
    private readonly long _began = Stopwatch.GetTimestamp();
    private HealthProbe? _probe;
    private long _probeAt = NowMilliseconds;

    /// <summary>The container runs: the first probe is due.</summary>
    /// <param name="layout">Where its state is.</param>
    /// <param name="id">The container.</param>
    /// <param name="check">How it is probed.</param>
    /// <param name="cgroup">What its processes are in.</param>
    /// <param name="noted">Hears of each probe: what is known now, and whether the status is another one.</param>
    internal HealthMonitor(StateLayout layout, string id, HealthCheck check, Cgroup cgroup, Action<HealthState, bool> noted)
    {
        _layout = layout;
        _id = id;
        _check = check;
        _cgroup = cgroup;
        _noted = noted;
        _schedule = new HealthSchedule(check);
    }

    /// <summary>What is known.</summary>
    internal HealthState State => _schedule.State;

    /// <summary>How long until something is due, in milliseconds; -1 for nothing.</summary>
    internal long Patience => _probe?.MillisecondsLeft ?? Math.Max(_probeAt - NowMilliseconds, 0);

    private static long NowMilliseconds => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    /// <summary>Puts what a probe makes ready into the set.</summary>
    /// <returns>The entry that is ready once the probe has ended; -1 where there is none.</returns>
    internal int AddTo(PollSet poll)
    {
        if (_probe is null)
        {
            return -1;
        }

        if (_probe.Output is { } output)
        {
            poll.Add(output.Number, PollEvents.Readable);
        }

        return poll.Add(_probe.Process.Number, PollEvents.Readable);
    }

    /// <summary>After a wait: starts the probe that is due, or takes what the running one has brought.</summary>
    /// <param name="hasEnded">Whether the entry of the probe was ready.</param>
    internal void Advance(bool hasEnded)
    {
        if (_probe is null)
        {
            if (NowMilliseconds >= _probeAt)
            {
                StartProbe();
            }
        }
        else if (hasEnded)
        {
            HealthProbeResult result = _probe.Complete();
            _probe.Dispose();
            _probe = null;
            Note(result);
        }
        else
        {
            _probe.Advance();
        }
    }

    /// <summary>Ends the probe that runs.</summary>
    public void Dispose()
    {
        _probe?.Dispose();
        _probe = null;
    }

    private void StartProbe()
    {
        // Who is paused cannot answer.
        if (_cgroup.IsFrozen)
        {
            _probeAt = NowMilliseconds + (long)_schedule.Pause.TotalMilliseconds;
            return;
        }

        try
        {
            _probe = HealthProbe.Start(_layout, _id, _check.Command, _check.Timeout ?? HealthCheck.DefaultInterval);
        }
        catch (SyscallException exception)
        {
            Note(new HealthProbeResult(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, -1, exception.Message));
        }
    }

    private void Note(HealthProbeResult result)
    {
        bool changed = _schedule.Add(result, Stopwatch.GetElapsedTime(_began));
        _probeAt = NowMilliseconds + (long)_schedule.Pause.TotalMilliseconds;
        _noted(_schedule.State, changed);
    }
}
