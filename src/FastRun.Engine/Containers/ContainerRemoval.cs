using System.IO;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Containers;

/// <summary>Takes a container off the disk.</summary>
internal static class ContainerRemoval
{
    private const int OwnerOnly = 0b_111_000_000;

    /// <summary>
    /// Removes a container that does not run and whose lock the caller holds. Its volumes go first: as long as the container is
    /// there, they can be asked for again. It is gone with the rename; what a kill leaves after that is a name that leads
    /// nowhere, which is free, and a directory in the trash.
    /// </summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="record">The container.</param>
    /// <param name="sandbox">Its lock.</param>
    /// <param name="volumes">Whether its anonymous volumes go too.</param>
    /// <exception cref="SyscallException">Something could not be removed.</exception>
    internal static void RemoveHeld(StateLayout layout, ContainerRecord record, Sandbox sandbox, bool volumes)
    {
        if (volumes)
        {
            RemoveVolumes(layout, record);
        }

        FileAt.MakeDirectories(null, layout.Trash, OwnerOnly);
        string trash = Path.Combine(layout.Trash, "container-" + record.Id);
        FileAt.Rename(null, sandbox.Directory, null, trash, RenameFlags.NoReplace);
        new ContainerStore(layout).ReleaseName(record);
        TreeRemoval.Delete(null, layout.RunningContainer(record.Id));
        TreeRemoval.Delete(null, trash);
        if (record.Layers.Count > 0)
        {
            ContainerImageUsers.OpenStore(layout).CollectLayers();
        }

        ContainerEvents.Note(layout, record, "destroy");
    }

    private static void RemoveVolumes(StateLayout layout, ContainerRecord record)
    {
        VolumeStore store = new(layout);
        foreach (MountRequest mount in record.Request.Mounts)
        {
            if (mount is { Anonymous: true, Source: { } name })
            {
                try
                {
                    store.Remove(name, () => VolumeUsers.Read(layout, except: record.Id).RequireNone(name));
                }
                catch (EngineException exception) when (exception.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
                {
                    // Never filled, or another container has taken it over by name.
                }
            }
        }
    }
}
