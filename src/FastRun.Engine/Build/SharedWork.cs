using System;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Engine.Build.Graph;

namespace FastRun.Engine.Build;

/// <summary>
/// What one build does once however often it is asked for: by several platforms whose stages are for the same one, or by stages that
/// begin alike. Who comes second waits for the first, and shares its failure.
/// </summary>
internal sealed class SharedWork
{
    private readonly ConcurrentDictionary<string, Lazy<StepOutcome>> _steps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<BuildState>> _images = new(StringComparer.Ordinal);
    private Exception? _first;

    /// <summary>Does a step, unless that was done.</summary>
    /// <param name="key">All that its result depends on.</param>
    /// <param name="make">Does it.</param>
    internal StepOutcome Step(string key, Func<StepOutcome> make) =>
        _steps.GetOrAdd(key, new Lazy<StepOutcome>(make, LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>Opens an image, unless that was done.</summary>
    /// <param name="key">Its name and platform.</param>
    /// <param name="open">Opens it.</param>
    internal BuildState Image(string key, Func<BuildState> open) =>
        _images.GetOrAdd(key, new Lazy<BuildState>(open, LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>Notes a failure: all that go on are told to stop by the first, and what they say about that is of no interest.</summary>
    internal void Fail(Exception failure) => Interlocked.CompareExchange(ref _first, failure, null);

    /// <summary>Throws what failed first.</summary>
    internal void ThrowFirst()
    {
        if (_first is not null)
        {
            ExceptionDispatchInfo.Throw(_first);
        }
    }
}
