using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FastRun.Engine.Build.Graph;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>
/// The caches of others that a build uses (<c>--cache-from</c>). Where all steps are found on this machine, nobody is asked. A step that
/// one of them knows counts as done; its layer is fetched when somebody needs its files, and where that fails, the step is done after all.
/// </summary>
internal sealed class CacheImports : IDisposable
{
    private readonly BuildSession _session;
    private readonly List<ImportedCache> _caches;
    private readonly Lock _fetching = new();

    internal CacheImports(BuildSession session)
    {
        _session = session;
        _caches = [.. session.Request.CacheFrom.Select(location => new ImportedCache(session, this, location))];
        Names = [.. session.Request.CacheFrom.Select(static location => location.Name)];
    }

    /// <summary>What they are called.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>What one of them says of a step, in the order in which they were named; null where none says anything.</summary>
    internal ImportedStep? Find(string key)
    {
        _caches.ForEach(static cache => cache.Start());
        return _caches.Select(cache => cache.Find(key)).FirstOrDefault(static step => step is not null);
    }

    /// <summary>The cache in one of these that has the files of a mount and was asked for them.</summary>
    /// <returns>Whether the directory has them now; where not, it may have a part of them.</returns>
    internal bool TryUnpackMount(string id, Fd directory)
    {
        foreach (ImportedCache cache in _caches)
        {
            if (cache.Location.Mounts.Contains(id) && cache.TryUnpackMount(id, directory))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a mount may come from one of them.</summary>
    internal bool MayHaveMount(string id) => _caches.Exists(cache => cache.Location.Mounts.Contains(id));

    /// <summary>Fetches the layers of steps that are not here, as far as they can be had; all of one cache at once.</summary>
    /// <param name="below">Local ids of the layers below, topmost first.</param>
    /// <param name="layers">The steps' layers, bottom first, none of which is here.</param>
    internal void Fetch(IReadOnlyList<string> below, IReadOnlyList<StepLayer> layers)
    {
        lock (_fetching)
        {
            List<string> stack = [.. below];
            for (int i = 0; i < layers.Count;)
            {
                if (layers[i].LocalId is { } there)
                {
                    stack.Remove(there);
                    stack.Insert(0, there);
                    i++;
                    continue;
                }

                List<StepLayer> run = [.. layers.Skip(i).TakeWhile(layer => layer.LocalId is null && layer.Promise!.Cache == layers[i].Promise!.Cache)];
                if (!TryFetch(stack, run))
                {
                    return;
                }

                i += run.Count;
            }
        }
    }

    private bool TryFetch(List<string> stack, List<StepLayer> run)
    {
        ImportedCache cache = run[0].Promise!.Cache;
        using FileLock keep = _session.Layers.Lock(FileLockMode.Shared, static () => { }, _session.Cancellation);
        if (cache.Fetch(stack, [.. run.Select(static layer => layer.Promise!.Layer!)]) is not { } ids)
        {
            return false;
        }

        for (int i = 0; i < run.Count; i++)
        {
            run[i].Place(_session.Cache, ids[i]);
        }

        return true;
    }

    public void Dispose() => _caches.ForEach(static cache => cache.Dispose());
}
