using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Reports;
using FastRun.Layers.Images;
using FastRun.Native;

namespace FastRun.Engine;

/// <summary>What a run prints about itself besides running.</summary>
/// <param name="Timings">After the run, print to standard error where the time went.</param>
/// <param name="Explain">Print the launch tape to standard output instead of running it.</param>
public sealed record RunOptions(bool Timings = false, bool Explain = false)
{
    /// <summary>Makes whoever hears how a pull gets on, once there is one.</summary>
    public Func<LoadObserver> Pulling { get; init; } = static () => new LoadObserver();

    /// <summary>Takes text for standard output.</summary>
    public Action<string> Output { get; init; } = static _ => { };

    /// <summary>The file for the trace of the start; null for none.</summary>
    public string? TraceFile { get; init; }

    /// <summary>The exit code that the report gives for a run that failed.</summary>
    public Func<ErrorKind, int> FailureCode { get; init; } = static _ => 1;

    /// <summary>Takes what each process waited for when the time limit was reached.</summary>
    public Action<IReadOnlyList<ProcessWait>> Waiting { get; init; } = static _ => { };

    /// <summary>Takes what the policy of where it may send refused, at the end.</summary>
    public Action<EgressRefusals> Refused { get; init; } = static _ => { };

    /// <summary>Takes text for standard error.</summary>
    public Action<string> Diagnostics { get; init; } = static _ => { };

    /// <summary>
    /// Whether a signal that asks to end is more than passed on: the command is killed when it goes on for ten seconds, or at a second one.
    /// </summary>
    internal bool EndsAtSignals { get; init; }

    /// <summary>Where the report goes instead of a file by name; null for that.</summary>
    internal Fd? ReportTo { get; init; }

    /// <summary>A sandbox that is kept when the command has ended; null for one that goes.</summary>
    internal Snapshots.SandboxCapture? Capture { get; init; }

    /// <summary>Hears of all loads, too; null where nobody traces.</summary>
    internal RunTrace? Trace { get; init; }

    /// <summary>Whoever hears how a load gets on.</summary>
    internal LoadObserver Observed(LoadObserver observer) => Trace?.Observe(observer) ?? observer;
}
