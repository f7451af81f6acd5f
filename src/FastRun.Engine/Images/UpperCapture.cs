using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Images;

/// <summary>
/// Makes layers of what a container has written. Of one that does not run the upper directory becomes a layer by rename, however
/// large it is, and stays the container's as a layer below a new upper; of one that runs it is copied.
/// </summary>
/// <param name="layout">Where state is.</param>
/// <param name="layers">The store; the caller holds its lock shared.</param>
internal sealed class UpperCapture(StateLayout layout, LayerStore layers)
{
    private const int MostRounds = 1000;

    private readonly ContainerStore _containers = new(layout);

    /// <summary>Makes them.</summary>
    /// <param name="container">The container.</param>
    /// <param name="root">The topmost tree of its image.</param>
    /// <param name="pause">Whether one that runs stands still meanwhile.</param>
    /// <returns>Local ids of all layers that the container has above its image's, topmost first; none where it has written nothing.</returns>
    /// <exception cref="EngineException">It is gone, or in a state in which nobody can.</exception>
    internal IReadOnlyList<string> Take(Container container, string root, bool pause)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            using Sandbox? held = ContainerLock.TakeIdle(layout, container.Id);
            container = _containers.TryRead(container.Id)
                ?? throw new EngineException(ErrorKind.NotFound, $"No such container: {container.Name}");
            if (held is not null)
            {
                return Move(container.Record, held, root);
            }

            if (TryCopy(container, root, pause) is { } copied)
            {
                return copied;
            }

            // It has ended meanwhile, or was started again.
            if (container.State.Status == ContainerStatus.Restarting)
            {
                break;
            }
        }

        throw new EngineException(ErrorKind.Conflict, $"container {ShortId.Of(container.Id)} is restarting, wait until the container is running");
    }

    /// <summary>
    /// The container's record lists the layer before the upper goes there, and a listed layer without a tree counts as nothing: wherever
    /// this is killed, the container has what it wrote.
    /// </summary>
    private List<string> Move(ContainerRecord record, Sandbox held, string root)
    {
        held.RestoreUpper();
        List<string> written = WrittenLayers.Of(layout, record);
        if (written.Count > 0)
        {
            written.ForEach(layers.Revive);
            root = layout.LayerTree(written[0]);
        }

        if (IsUnchanged(held.Upper, root))
        {
            return written;
        }

        FileLock? alone = null;
        if (!ContainerLock.TryPatiently(() => (alone = FileLock.TryAcquire(null, held.Upper, FileLockMode.Exclusive, out _)) is not null))
        {
            throw new EngineException(ErrorKind.Conflict, $"container {ShortId.Of(record.Id)}: files of its last run are still being copied");
        }

        using (alone)
        {
            if (FileAt.Stat(null, held.Upper).Device != FileAt.Stat(null, layout.Layers).Device)
            {
                return [Copy(held.Upper), .. written];
            }

            string layer = layers.Reserve();
            try
            {
                _containers.Change(record.Id, now => now with { Layers = [layer, .. written] });
            }
            catch
            {
                if (_containers.TryRead(record.Id)?.Record.Layers.Contains(layer) != true)
                {
                    layers.Abandon(layer);
                }

                throw;
            }

            layers.Place(layer, held.Upper);
            held.RestoreUpper();
            return [layer, .. written];
        }
    }

    private List<string>? TryCopy(Container container, string root, bool pause)
    {
        string upper = WrittenLayers.Upper(layout, container.Id);

        // Held before the look whether it runs: its next run waits until this one's upper is let go.
        using FileLock? inUse = FileLock.TryAcquire(null, upper, FileLockMode.Shared, out _);
        using RunningContainer? running = inUse is null ? null : RunningContainer.TryOpen(container);
        if (running is null)
        {
            return null;
        }

        List<string> written = WrittenLayers.Of(layout, container.Record);
        written.ForEach(layers.Revive);
        bool thaw = pause && container.State.Status != ContainerStatus.Paused;
        using Watcher watcher = new();
        if (thaw)
        {
            // However this process ends, the container goes on.
            watcher.StartThawing(running.Cgroup);
            running.Cgroup.Freeze();
        }

        try
        {
            return IsUnchanged(upper, written.Count > 0 ? layout.LayerTree(written[0]) : root) ? written : [Copy(upper), .. written];
        }
        finally
        {
            if (thaw)
            {
                running.Cgroup.Thaw();
            }
        }
    }

    private string Copy(string upper)
    {
        using Fd source = FileAt.Open(null, upper, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        return layers.Copy(source);
    }

    /// <summary>Whether nothing was written: the upper is empty, and the root as the tree below, where there is one, has it.</summary>
    internal static bool IsUnchanged(string upper, string? below)
    {
        using Fd directory = FileAt.Open(null, upper, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        foreach (DirectoryEntry _ in DirectoryContent.Read(directory))
        {
            return false;
        }

        FileStatus own = FileAt.Stat(directory);
        if (own is { Permissions: 0b_111_101_101, Uid: 0, Gid: 0 } || below is null)
        {
            return true;
        }

        FileStatus lower = FileAt.Stat(null, below);
        return own.Permissions == lower.Permissions && own.Uid == lower.Uid && own.Gid == lower.Gid;
    }
}
