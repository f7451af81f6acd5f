using System;
using System.Diagnostics;

namespace FastRun.Engine.Build.Progress;

/// <summary>One thing that a build does, and that its progress shows: BuildKit's word.</summary>
/// <param name="number">Its number, in the order in which they begin, from 1.</param>
/// <param name="name">What it is called: <c>[stage 2/7] RUN make</c>.</param>
public sealed class BuildVertex(int number, string name)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan? _took;

    /// <summary>Its number.</summary>
    public int Number { get; } = number;

    /// <summary>What it is called.</summary>
    public string Name { get; } = name;

    /// <summary>Whether what it makes was there.</summary>
    public bool IsCached { get; internal set; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Error { get; internal set; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => _took is not null;

    /// <summary>How long it took, or has taken so far.</summary>
    public TimeSpan Elapsed => _took ?? Stopwatch.GetElapsedTime(_started);

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>When it began, on the stopwatch.</summary>
    public long Started => _started;

    /// <summary>Stops its clock.</summary>
    internal void End() => _took = Stopwatch.GetElapsedTime(_started);
}
