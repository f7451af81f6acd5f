using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Cache;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Images;

/// <summary>
/// Layers in which nothing is younger than <c>SOURCE_DATE_EPOCH</c> (<c>rewrite-timestamp=true</c>): copies of those that the steps made,
/// which stay as they are, since programs compare times. Made once for each layer and time.
/// </summary>
internal static class RewrittenLayers
{
    private const ResolveFlags Below = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks;

    /// <summary>Finds or makes them. The caller holds <see cref="LayerStore.Lock"/> shared.</summary>
    /// <param name="session">The build.</param>
    /// <param name="layers">Local ids of the steps' layers.</param>
    /// <param name="epoch">The time.</param>
    /// <returns>Local ids; the same where nothing was younger.</returns>
    internal static List<string> Of(BuildSession session, IReadOnlyList<string> layers, DateTimeOffset epoch)
    {
        List<string> rewritten = [];
        FileTime latest = new(epoch.ToUnixTimeSeconds(), 0);
        foreach (string layer in layers)
        {
            session.Cancellation.ThrowIfCancellationRequested();
            string key = new CacheKey("times-1").Add(layer).Add(latest.Seconds).Finish();
            rewritten.Add(session.Cache.TryUse(key)?.Layer ?? Make(session, layer, key, latest));
        }

        return rewritten;
    }

    private static string Make(BuildSession session, string layer, string key, FileTime latest)
    {
        using Fd tree = FileAt.Open(null, session.Layout.LayerTree(layer), OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        if (!HasYounger(tree, latest))
        {
            return layer;
        }

        FileContent.Seek(tree, 0);
        string copy = session.Layers.Copy(tree);
        using (Fd made = FileAt.Open(null, session.Layout.LayerTree(copy), OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow))
        {
            MakeOlder(made, latest);
        }

        StepRecord record = new() { Layer = copy, Description = $"layer {layer} without later times", CreatedAt = DateTimeOffset.UtcNow };
        return session.Cache.Add(key, record).Layer!;
    }

    private static bool IsYounger(in FileStatus status, FileTime latest) =>
        status.Modified.Seconds > latest.Seconds || (status.Modified.Seconds == latest.Seconds && status.Modified.Nanoseconds > 0);

    private static bool HasYounger(Fd directory, FileTime latest)
    {
        if (IsYounger(FileAt.Stat(directory), latest))
        {
            return true;
        }

        foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
        {
            FileStatus status = FileAt.Stat(directory, entry.Name);
            if (!status.IsDirectory)
            {
                if (IsYounger(status, latest))
                {
                    return true;
                }

                continue;
            }

            using Fd below = FileAt.Open(directory, entry.Name, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0, Below);
            if (HasYounger(below, latest))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is in a directory first: nothing there is made or removed, so its own time stays as it is set.</summary>
    private static void MakeOlder(Fd directory, FileTime latest)
    {
        foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
        {
            FileStatus status = FileAt.Stat(directory, entry.Name);
            if (status.IsDirectory)
            {
                using Fd below = FileAt.Open(directory, entry.Name, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0, Below);
                MakeOlder(below, latest);
            }
            else if (IsYounger(status, latest))
            {
                FileAt.SetTimes(directory, entry.Name, latest, latest);
            }
        }

        if (IsYounger(FileAt.Stat(directory), latest))
        {
            FileAt.SetTimes(directory, latest, latest);
        }
    }
}
