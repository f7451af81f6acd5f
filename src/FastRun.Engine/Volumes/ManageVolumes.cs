using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Volumes;

/// <summary>What can be done with named volumes: make, find, list, remove, prune.</summary>
public sealed class ManageVolumes(StateLayout layout)
{
    private readonly VolumeStore _store = new(layout);

    /// <summary>Makes a volume unless there is one of the name.</summary>
    /// <param name="name">Its name; null for one that nobody chose.</param>
    /// <param name="driver">Its driver.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="options">The local driver's options.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="EngineException">The name or an option is invalid, or it cannot be made.</exception>
    public string Create(
        string? name, string driver, IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> options) =>
        EngineErrors.Translated(() =>
        {
            if (!LocalVolumeDriver.IsName(driver))
            {
                throw LocalVolumeDriver.Unknown(driver);
            }

            FileCreationMask.Clear();
            string given = name ?? RandomBytes.NewId();
            IReadOnlyDictionary<string, string> all = name is null
                ? new Dictionary<string, string>(labels) { [VolumeSummary.AnonymousLabel] = "" }
                : labels;
            _store.Reserve(given, all, options).Dispose();
            return given;
        });

    /// <summary>A volume by its name.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public VolumeSummary Inspect(string name) => EngineErrors.Translated(() =>
        (Names.IsValid(name) ? _store.Find(name) : null) ?? throw VolumeStore.NotFound(name));

    /// <summary>The volumes that a filter lets through, by name.</summary>
    /// <exception cref="EngineException">A record cannot be read.</exception>
    public IReadOnlyList<VolumeSummary> List(VolumeFilter filter) => EngineErrors.Translated(() =>
    {
        VolumeUsers? users = filter.Dangling is null ? null : VolumeUsers.Read(layout);
        HeldLocks? locks = filter.Dangling is null ? null : HeldLocks.Read();
        List<VolumeSummary> found = [];
        foreach (VolumeSummary volume in _store.List())
        {
            if (filter.Matches(volume) && (users is null || IsDangling(volume, users, locks!) == filter.Dangling))
            {
                found.Add(volume);
            }
        }

        return found;
    });

    /// <summary>Removes a volume and its files.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="force">Whether it is no failure that there is none.</param>
    /// <exception cref="EngineException">There is none, or it is in use.</exception>
    public void Remove(string name, bool force) => EngineErrors.Translated(() =>
    {
        try
        {
            if (!Names.IsValid(name))
            {
                throw VolumeStore.NotFound(name);
            }

            ReclaimAbandonedUsers(name);
            _store.Remove(name, () => VolumeUsers.Read(layout).RequireNone(name));
        }
        catch (EngineException exception) when (force && exception.Kind == ErrorKind.NotFound)
        {
            // What was asked for is so.
        }

        return 0;
    });

    /// <summary>Removes the volumes that no container needs.</summary>
    /// <param name="all">Also those that somebody named.</param>
    /// <param name="filter">Which of them.</param>
    /// <exception cref="EngineException">One could not be removed.</exception>
    public PrunedVolumes Prune(bool all, VolumeFilter filter) => EngineErrors.Translated(() =>
    {
        VolumeUsers users = VolumeUsers.Read(layout);
        List<string> removed = [];
        long bytes = 0;
        foreach (VolumeSummary volume in _store.List())
        {
            if ((!all && !volume.IsAnonymous) || !filter.Matches(volume) || users.Of(volume.Name).Count > 0)
            {
                continue;
            }

            long size = TreeSize.Measure(volume.Mountpoint);
            try
            {
                _store.Remove(volume.Name, () => VolumeUsers.Read(layout).RequireNone(volume.Name));
                removed.Add(volume.Name);
                bytes += size;
            }
            catch (EngineException exception) when (exception.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                // Somebody came to use it, or removed it.
            }
        }

        VolumeEvents.NotePrune(layout, bytes);
        return new PrunedVolumes(removed, bytes);
    });

    private bool IsDangling(VolumeSummary volume, VolumeUsers users, HeldLocks locks) =>
        users.Of(volume.Name).Count == 0
        && (FileAt.TryStat(null, _store.RecordOf(volume.Name), out FileStatus status) != Native.Errno.None || locks.Count(status) == 0);

    /// <summary>A container that was to go when it ended, and was killed, needs nothing any more.</summary>
    private void ReclaimAbandonedUsers(string name)
    {
        ContainerStore store = new(layout);
        foreach (string id in VolumeUsers.Read(layout).Of(name))
        {
            if (store.TryRead(id) is { IsRunning: false, Written.Status: ContainerStatus.Running, Record.Request.AutoRemove: true })
            {
                ContainerLock.TryReclaim(layout, id);
            }
        }
    }
}
