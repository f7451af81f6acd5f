using System;
using System.Collections.Generic;
using System.Diagnostics;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Progress;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>Does the steps of a stage that change files, or finds what they made before, here or elsewhere.</summary>
/// <param name="session">The build.</param>
/// <param name="useCache">Whether what was made before is used.</param>
/// <param name="useImports">Whether caches of others are asked.</param>
internal sealed class StepRunner(BuildSession session, bool useCache, bool useImports = true)
{
    /// <summary>Finds or does a step.</summary>
    /// <param name="key">All that its result depends on.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="origins">The caches of others that what it depends on came from.</param>
    /// <param name="below">Brings the layers below here, topmost first.</param>
    /// <param name="execute">Does it on top of those, in a root of its own; nothing of that may be mounted afterwards.</param>
    /// <param name="again">Does all of this again, later, where <paramref name="execute"/> cannot be called then; null where it can.</param>
    /// <returns>What it has made, kept until the build is over.</returns>
    internal StepOutcome Do(
        string key,
        string name,
        string origins,
        Func<IReadOnlyList<string>> below,
        Action<StepRoot, IReadOnlyList<string>, BuildVertex> execute,
        Func<StepRunner, StepOutcome>? again = null)
    {
        session.Cancellation.ThrowIfCancellationRequested();
        again ??= runner => runner.Do(key, name, origins, below, execute);

        // What a cache has promised in vain is done all the same.
        return useImports ? session.Shared.Step(key, Step) : Step();

        StepOutcome Step() => session.Observer.Do(name, vertex =>
        {
            if (Find(key, name, origins, vertex, again) is { } before)
            {
                return before;
            }

            // Before the turn: what is fetched for them may take a while.
            IReadOnlyList<string> layers = below();
            using IDisposable turn = session.Cache.Lock(
                CacheOrigins.PlaceOf(key, origins), () => session.Observer.Status(vertex, "waiting for another build that does this step"), session.Cancellation);
            return Find(key, name, origins, vertex, again) ?? Make(key, name, origins, layers, vertex, execute);
        });
    }

    private StepOutcome? Find(string key, string name, string origins, BuildVertex vertex, Func<StepRunner, StepOutcome> again)
    {
        StepOutcome? found = useCache ? FindHere(key, origins) ?? (useImports ? FindElsewhere(key, name, origins, again) : null) : null;
        vertex.IsCached = found is not null;
        return found;
    }

    private StepOutcome? FindHere(string key, string origins)
    {
        if (session.Cache.TryUse(CacheOrigins.PlaceOf(key, origins)) is { } own)
        {
            return OutcomeOf(key, own, origins);
        }

        foreach (string cache in session.Imports.Names)
        {
            string all = CacheOrigins.Union(origins, cache);
            if (all != origins && session.Cache.TryUse(CacheOrigins.PlaceOf(key, all)) is { } fetched)
            {
                return OutcomeOf(key, fetched, all);
            }
        }

        return null;
    }

    private StepOutcome? FindElsewhere(string key, string name, string origins, Func<StepRunner, StepOutcome> again)
    {
        if (session.Imports.Find(key) is not { } promise)
        {
            return null;
        }

        string all = CacheOrigins.Union(origins, promise.Cache.Location.Name);
        StepLayer? layer = promise.Layer is null ? null : new StepLayer(promise, CacheOrigins.PlaceOf(key, all), name, () => Redo(again));
        return new StepOutcome(key, layer, promise.CreatedAt, all);
    }

    /// <summary>Does a step whose layer was promised: there is to be one, whatever it makes now.</summary>
    private string Redo(Func<StepRunner, StepOutcome> again)
    {
        if (again(new StepRunner(session, useCache, useImports: false)).Layer is { } layer)
        {
            return layer.Require();
        }

        using FileLock keep = session.Layers.Lock(FileLockMode.Shared, static () => { }, session.Cancellation);
        string empty = EmptyLayer.Make(session.Layers, session.Layout);
        _ = session.Cache.Add(empty, new StepRecord { Layer = empty, Description = "a step that changed nothing", CreatedAt = DateTimeOffset.UtcNow });
        return empty;
    }

    private StepOutcome Make(
        string key,
        string name,
        string origins,
        IReadOnlyList<string> below,
        BuildVertex vertex,
        Action<StepRoot, IReadOnlyList<string>, BuildVertex> execute)
    {
        long started = Stopwatch.GetTimestamp();
        using StepRoot root = StepRoot.Create(session.Layout, below);
        execute(root, below, vertex);
        using FileLock keep = session.Layers.Lock(FileLockMode.Shared, static () => { }, session.Cancellation);
        StepRecord record = session.Cache.Add(CacheOrigins.PlaceOf(key, origins), new StepRecord
        {
            Layer = root.Commit(session.Layers),
            Description = name,
            CreatedAt = DateTimeOffset.UtcNow,
            Took = Stopwatch.GetElapsedTime(started),
        });
        return OutcomeOf(key, record, origins);
    }

    private static StepOutcome OutcomeOf(string key, StepRecord record, string origins) =>
        new(key, record.Layer is { } layer ? new StepLayer(layer) : null, record.CreatedAt, origins);
}
