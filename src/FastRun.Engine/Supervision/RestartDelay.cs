using System;
using System.Diagnostics;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Syntax;

namespace FastRun.Engine.Supervision;

/// <summary>Whether and when a container that ended is started again: after 100 ms, then twice as long each time, as in Docker.</summary>
/// <param name="policy">The container's policy.</param>
/// <param name="clock">Time in ticks of <see cref="Stopwatch"/>.</param>
internal sealed class RestartDelay(RestartPolicy policy, Func<long> clock)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    /// <summary>Whoever ran that long is not failing at start.</summary>
    private static readonly TimeSpan s_healthy = TimeSpan.FromSeconds(10);

    private TimeSpan _next = s_first;
    private long _startedAt;
    private bool _ran;

    /// <summary>When it is started again; it can be changed while it runs.</summary>
    internal RestartPolicy Policy { get; set; } = policy;

    /// <summary>How often it was started again.</summary>
    internal int Restarts { get; private set; }

    /// <summary>It runs.</summary>
    internal void Started() => (_startedAt, _ran) = (clock(), true);

    /// <summary>It ended: how long to wait before it is started again; null for not at all.</summary>
    internal TimeSpan? Next(ContainerState state)
    {
        bool wanted = Policy.Name switch
        {
            RestartPolicyName.No => false,
            RestartPolicyName.OnFailure => state.ExitCode != 0
                && (Policy.MaximumRetryCount == 0 || Restarts < Policy.MaximumRetryCount),
            _ => true,
        };
        if (!wanted || _startedAt == 0)
        {
            return null;
        }

        // A start that failed was no run, however long ago the last one began.
        _next = _ran && Stopwatch.GetElapsedTime(_startedAt, clock()) >= s_healthy ? s_first : _next;
        _ran = false;
        TimeSpan wait = _next;
        _next = wait * 2 < s_longest ? wait * 2 : s_longest;
        Restarts++;
        return wait;
    }
}
