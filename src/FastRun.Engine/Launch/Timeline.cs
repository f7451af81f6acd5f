using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastRun.Engine.Launch.Tape;
using FastRun.Native.Launch;

namespace FastRun.Engine.Launch;

/// <summary>Where the time of one run went, phase by phase.</summary>
internal sealed class Timeline
{
    private readonly List<(string Phase, long From, long To)>? _phases;
    private long _last;

    /// <summary>Starts the clock, or does nothing at all when not asked for.</summary>
    internal Timeline(bool enabled)
    {
        if (enabled)
        {
            _phases = [];
            _last = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Whether anybody asked.</summary>
    internal bool Enabled => _phases is not null;

    /// <summary>The phases that ended, with how long each took.</summary>
    internal IEnumerable<(string Phase, double Milliseconds)> Phases
    {
        get
        {
            foreach ((string phase, long from, long to) in Spans)
            {
                yield return (phase, (to - from) * 1000.0 / Stopwatch.Frequency);
            }
        }
    }

    /// <summary>The phases that ended, with their times on the stopwatch: each begins where the one before ended.</summary>
    internal IReadOnlyList<(string Phase, long From, long To)> Spans => _phases ?? [];

    /// <summary>
    /// Ends the three phases of a launch: clone until the child began, its preparation, and what it takes from there to
    /// become the command.
    /// </summary>
    internal void EndLaunch(in TapeMarks marks)
    {
        if (Enabled)
        {
            EndAt("clone", LaunchTape.TimeOf(marks.Started));
            EndAt("prepare", LaunchTape.TimeOf(marks.Prepared));
            End("exec");
        }
    }

    /// <summary>Ends a phase at a time in nanoseconds of the monotonic clock, which Stopwatch reads too.</summary>
    private void EndAt(string phase, long nanoseconds)
    {
        if (_phases is not null && nanoseconds > 0)
        {
            long ticks = nanoseconds / (1_000_000_000 / Stopwatch.Frequency);
            _phases.Add((phase, _last, ticks));
            _last = ticks;
        }
    }

    /// <summary>Ends a phase; the next one begins.</summary>
    internal void End(string phase)
    {
        if (_phases is not null)
        {
            long now = Stopwatch.GetTimestamp();
            _phases.Add((phase, _last, now));
            _last = now;
        }
    }

    /// <summary>One line a phase with its milliseconds, and their sum; empty when not asked for.</summary>
    internal string Print()
    {
        if (_phases is null)
        {
            return "";
        }

        StringBuilder text = new();
        long total = 0;
        foreach ((string phase, long from, long to) in _phases)
        {
            total += to - from;
            Append(text, phase, to - from);
        }

        Append(text, "total", total);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string phase, long ticks) =>
        text.Append(CultureInfo.InvariantCulture, $"{phase,-10}{ticks * 1000.0 / Stopwatch.Frequency,12:F3} ms\n");
}
