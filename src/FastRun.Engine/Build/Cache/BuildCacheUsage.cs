using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Cache;

/// <summary>What builds keep: measured, and removed.</summary>
public sealed class BuildCacheUsage(StateLayout layout)
{
    /// <summary>All there is, the one that was used last first. Takes no lock.</summary>
    /// <exception cref="EngineException">The state cannot be read.</exception>
    public IReadOnlyList<BuildCacheEntry> Measure() => EngineErrors.Translated(() =>
    {
        HeldLocks locks = HeldLocks.Read();
        HashSet<string> ofImages = ContainerImageUsers.OpenStore(layout).ImageLayers();
        List<BuildCacheEntry> entries = [];
        foreach ((string key, StepRecord? record) in StepCache.All(layout))
        {
            string path = Path.Combine(layout.BuildSteps, key);
            if (record is not null && FileAt.TryStat(null, path, out FileStatus status) == Errno.None)
            {
                entries.Add(new BuildCacheEntry(
                    key,
                    "regular",
                    record.Description,
                    record.Layer is { } layer ? TreeSize.Measure(layout.LayerTree(layer)) : 0,
                    DateTimeOffset.FromUnixTimeSeconds(status.Modified.Seconds),
                    locks.Count(status) > 0,
                    record.Layer is not null && ofImages.Contains(record.Layer)));
            }
        }

        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.BuildMounts))
        {
            string directory = Path.Combine(layout.BuildMounts, entry.Text);
            if (FileAt.TryStat(null, Path.Combine(directory, CacheMounts.LockName), out FileStatus held) == Errno.None)
            {
                entries.Add(new BuildCacheEntry(
                    entry.Text,
                    "exec.cachemount",
                    CacheMounts.DescriptionOf(directory),
                    TreeSize.Measure(Path.Combine(directory, CacheMounts.Data)),
                    DateTimeOffset.FromUnixTimeSeconds(held.Modified.Seconds),
                    locks.Count(held) > 0,
                    IsShared: false));
            }
        }

        return (IReadOnlyList<BuildCacheEntry>)[.. entries.OrderByDescending(static entry => entry.LastUsed)];
    });

    /// <summary>
    /// Removes what no build has used for longest, until that and the images occupy no more than the storage limit, where there is one.
    /// What images have is theirs: they are evicted when one is brought.
    /// </summary>
    /// <returns>What is gone.</returns>
    /// <exception cref="EngineException">Something could not be removed.</exception>
    internal IReadOnlyList<BuildCacheEntry> KeepLimit() => EngineErrors.Translated(() =>
    {
        if (layout.ImageLimit is not { } limit)
        {
            return (IReadOnlyList<BuildCacheEntry>)[];
        }

        List<BuildCacheEntry> own = [.. Measure().Where(static entry => !entry.IsShared)];
        long size = ContainerImageUsers.OpenStore(layout).MeasureUsage().Size + own.Sum(static entry => entry.Bytes);
        List<BuildCacheEntry> removed = [];
        for (int i = own.Count - 1; i >= 0 && size > limit; i--)
        {
            BuildCacheEntry entry = own[i];
            if (entry is { IsInUse: false, Bytes: > 0 }
                && (entry.Type == "regular" ? StepCache.TryRemove(layout, entry.Id) : CacheMounts.TryRemove(layout, entry.Id)))
            {
                size -= entry.Bytes;
                removed.Add(entry);
            }
        }

        if (removed.Count > 0)
        {
            ContainerImageUsers.OpenStore(layout).CollectLayers();
        }

        return (IReadOnlyList<BuildCacheEntry>)removed;
    });

    /// <summary>How much a prune leaves, as BuildKit reckons it; 0 for nothing, and where nothing is asked for.</summary>
    /// <param name="reserved">The bytes that it never goes below.</param>
    /// <param name="most">The most that stays; 0 for no such limit.</param>
    /// <param name="free">The bytes that the disk is to have free then; 0 for no such wish.</param>
    /// <exception cref="EngineException">The state cannot be read.</exception>
    public long Keep(long reserved, long most, long free) => EngineErrors.Translated(() =>
    {
        if (free <= 0)
        {
            return Math.Max(reserved, most);
        }

        using Fd root = FileAt.OpenDirectory(null, layout.DataRoot);
        long missing = free - FileSystemKind.AvailableBytes(root);
        if (missing <= 0)
        {
            // There is that much: nothing has to go for it.
            return most > 0 ? Math.Max(reserved, most) : long.MaxValue;
        }

        long left = Math.Max(Measure().Sum(static entry => entry.Bytes) - missing, 0);
        return Math.Max(reserved, most > 0 ? Math.Min(most, left) : left);
    });

    /// <summary>Removes what no build uses now.</summary>
    /// <param name="all">Also the steps whose layers images have.</param>
    /// <param name="filter">What may go.</param>
    /// <param name="until">Only what was used last before; null for all.</param>
    /// <param name="keepBytes">Goes on, from what was used longest ago, only until no more than this is left.</param>
    /// <returns>What is gone.</returns>
    /// <exception cref="EngineException">Something could not be removed.</exception>
    public IReadOnlyList<BuildCacheEntry> Prune(bool all, BuildCacheFilter filter, DateTimeOffset? until, long keepBytes) => EngineErrors.Translated(() =>
    {
        IReadOnlyList<BuildCacheEntry> entries = Measure();
        long left = entries.Sum(static entry => entry.Bytes);
        List<BuildCacheEntry> removed = [];
        foreach (BuildCacheEntry entry in entries.Reverse())
        {
            if (entry.IsInUse || !filter.Matches(entry) || (entry.IsShared && !all) || entry.LastUsed >= until || left <= keepBytes && keepBytes > 0)
            {
                continue;
            }

            if (entry.Type == "regular" ? StepCache.TryRemove(layout, entry.Id) : CacheMounts.TryRemove(layout, entry.Id))
            {
                left -= entry.Bytes;
                removed.Add(entry);
            }
        }

        if (removed.Count > 0)
        {
            ContainerImageUsers.OpenStore(layout).CollectLayers();
        }

        return (IReadOnlyList<BuildCacheEntry>)removed;
    });
}
