using System;
using System.Collections.Generic;
using System.Diagnostics;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Progress;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>Does the steps of a stage that change files, or finds what they made before.</summary>
/// <param name="session">The build.</param>
/// <param name="useCache">Whether what was made before is used.</param>
internal sealed class StepRunner(BuildSession session, bool useCache)
{
    /// <summary>Finds or does a step.</summary>
    /// <param name="key">All that its result depends on.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="below">The layers below, topmost first.</param>
    /// <param name="execute">Does it, in a root of its own; nothing of that may be mounted afterwards.</param>
    /// <returns>What it has made, kept until the build is over.</returns>
    internal StepRecord Do(string key, string name, IReadOnlyList<string> below, Action<StepRoot, BuildVertex> execute)
    {
        session.Cancellation.ThrowIfCancellationRequested();
        return session.Shared.Step(key, () => session.Observer.Do(name, vertex =>
        {
            if (Find(key, vertex) is { } before)
            {
                return before;
            }

            using IDisposable turn = session.Cache.Lock(
                key, () => session.Observer.Status(vertex, "waiting for another build that does this step"), session.Cancellation);
            return Find(key, vertex) ?? Make(key, name, below, vertex, execute);
        }));
    }

    private StepRecord? Find(string key, BuildVertex vertex)
    {
        StepRecord? record = useCache ? session.Cache.TryUse(key) : null;
        vertex.IsCached = record is not null;
        return record;
    }

    private StepRecord Make(
        string key, string name, IReadOnlyList<string> below, BuildVertex vertex, Action<StepRoot, BuildVertex> execute)
    {
        long started = Stopwatch.GetTimestamp();
        using StepRoot root = StepRoot.Create(session.Layout, below);
        execute(root, vertex);
        using FileLock keep = session.Layers.Lock(FileLockMode.Shared, static () => { }, session.Cancellation);
        return session.Cache.Add(key, new StepRecord
        {
            Layer = root.Commit(session.Layers),
            Description = name,
            CreatedAt = DateTimeOffset.UtcNow,
            Took = Stopwatch.GetElapsedTime(started),
        });
    }
}
