using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using FastRun.Engine.Build.Files;
using FastRun.Layers;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Cache;

/// <summary>
/// What the steps of builds have made, by key. A record keeps its layer from being collected. Whoever uses one holds a shared
/// lock on it until the image is written that has the layer; who removes one needs it exclusively. Safe for several threads.
/// </summary>
internal sealed class StepCache : IDisposable
{
    private const int DirectoryMode = 0x1C0;
    private const int LargestRecord = 1 << 20;
    private const string LockSuffix = ".lock";

    /// <summary>How exactly the last use of a record is kept: its time of modification.</summary>
    private static readonly TimeSpan s_lastUseStep = TimeSpan.FromMinutes(10);

    /// <summary>For how long what ADD fetched is known.</summary>
    private static readonly TimeSpan s_longestFetched = TimeSpan.FromDays(90);

    private readonly StateLayout _layout;
    private readonly LayerStore _layers;
    private readonly List<FileLock> _used = [];

    /// <summary>Opens the cache, and makes its directory where it is missing.</summary>
    internal StepCache(StateLayout layout, LayerStore layers)
    {
        (_layout, _layers) = (layout, layers);
        FileAt.MakeDirectories(null, layout.BuildSteps, DirectoryMode);
    }

    /// <summary>Finds what a step has made, and keeps it until this is disposed; null where the step is to be done.</summary>
    internal StepRecord? TryUse(string key)
    {
        FileLock? held = FileLock.AcquireTarget(null, PathOf(key), FileLockMode.Shared, out FileStatus status, out _);
        if (held is null)
        {
            return null;
        }

        StepRecord? record = Read(held.File, status);
        if (record is null || (record.Layer is { } layer && !(_layers.Contains(layer) && _layers.HasTree(layer))))
        {
            held.Dispose();
            return null;
        }

        NoteUse(held.File, status);
        lock (_used)
        {
            _used.Add(held);
        }

        return record;
    }

    /// <summary>
    /// Waits until nobody else does this step, and keeps others from it: of two builds that come to it at once, one does it and the
    /// other finds what it made.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    internal IDisposable Lock(string key, Action waiting, CancellationToken cancellation)
    {
        string path = PathOf(key) + LockSuffix;
        return new StepLock(path, FileLock.AcquirePatiently(path, FileLockMode.Exclusive, waiting, cancellation));
    }

    /// <summary>Notes what a step has made. The caller holds <see cref="LayerStore.Lock"/> shared since before the layer was made.</summary>
    internal StepRecord Add(string key, StepRecord record)
    {
        while (true)
        {
            // Not synced: after a power cut the layer counts as absent, too, and the step is done again.
            AtomicFile.WriteVolatile(PathOf(key), StepRecordJson.Encode(record));
            if (TryUse(key) is { } used)
            {
                return used;
            }
        }
    }

    /// <summary>The layers that records keep; null where one was written by a newer release, so that nobody knows.</summary>
    internal static IReadOnlyCollection<string>? Layers(StateLayout layout)
    {
        HashSet<string> layers = [];
        foreach ((string _, StepRecord? record) in All(layout))
        {
            if (record is { SchemaVersion: > StepRecord.CurrentSchema })
            {
                return null;
            }

            if (record?.Layer is { } layer)
            {
                layers.Add(layer);
            }
        }

        return layers;
    }

    /// <summary>All keys with their records; null for a file that is none.</summary>
    internal static IEnumerable<(string Key, StepRecord? Record)> All(StateLayout layout)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.BuildSteps))
        {
            string name = entry.Text;
            if (!name.StartsWith('.') && !name.EndsWith(LockSuffix, StringComparison.Ordinal)
                && FileContent.TryReadAll(null, Path.Combine(layout.BuildSteps, name), LargestRecord) is { } json)
            {
                yield return (name, StepRecordJson.TryDecode(json));
            }
        }
    }

    /// <summary>Removes a record unless a build uses it; its layer goes with the next collection.</summary>
    internal static bool TryRemove(StateLayout layout, string key)
    {
        string path = Path.Combine(layout.BuildSteps, key);
        using FileLock? alone = FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out _);
        return alone is not null && FileAt.TryUnlink(null, path) == Errno.None;
    }

    /// <summary>Removes what killed builds have left: locks that nobody holds, temporary files.</summary>
    internal static void Sweep(StateLayout layout)
    {
        Sweep(layout.BuildCache);
        Sweep(layout.BuildSteps);
        Sweep(layout.BuildContexts);
        FetchedRecords.Sweep(layout, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)s_longestFetched.TotalSeconds);
        foreach (DirectoryEntry mount in DirectoryContent.ReadAll(null, layout.BuildMounts))
        {
            Sweep(Path.Combine(layout.BuildMounts, mount.Text));
        }
    }

    private static void Sweep(string directory)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, directory))
        {
            string path = Path.Combine(directory, entry.Text);
            bool isLock = entry.Text.EndsWith(LockSuffix, StringComparison.Ordinal);
            bool isTemporary = entry.Text.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal);
            if (isLock || isTemporary)
            {
                using FileLock? alone = FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out _);
                if (alone is not null && (isLock || IsOld(alone.File)))
                {
                    TreeRemoval.Delete(null, path);
                }
            }
        }
    }

    /// <summary>Lets all records go.</summary>
    public void Dispose()
    {
        lock (_used)
        {
            _used.ForEach(static held => held.Dispose());
            _used.Clear();
        }
    }

    private string PathOf(string key) => Path.Combine(_layout.BuildSteps, key);

    private static StepRecord? Read(Fd file, in FileStatus status)
    {
        if (status.Type != FileType.Regular || status.Size > LargestRecord)
        {
            return null;
        }

        StepRecord? record = StepRecordJson.TryDecode(FileContent.ReadAll(file, LargestRecord));
        return record is { SchemaVersion: StepRecord.CurrentSchema } ? record : null;
    }

    private static void NoteUse(Fd file, in FileStatus status)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (Math.Abs(now - status.Modified.Seconds) > (long)s_lastUseStep.TotalSeconds)
        {
            FileAt.TrySetTimes(file, new FileTime(now, 0), new FileTime(now, 0));
        }
    }

    /// <summary>No write takes as long.</summary>
    private static bool IsOld(Fd file) =>
        DateTimeOffset.UtcNow.ToUnixTimeSeconds() - FileAt.Stat(file).Modified.Seconds > (long)s_lastUseStep.TotalSeconds;

    private sealed class StepLock(string path, FileLock held) : IDisposable
    {
        public void Dispose()
        {
            // While it is held: whoever waits for it finds that the name means nothing, and starts again.
            FileAt.TryUnlink(null, path);
            held.Dispose();
        }
    }
}
