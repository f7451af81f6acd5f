using System;
using FastRun.Layers.Images;

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

    /// <summary>Takes text for standard error.</summary>
    public Action<string> Diagnostics { get; init; } = static _ => { };
}
