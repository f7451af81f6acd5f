using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.State;

/// <summary>
/// Reclaims what killed processes left: sandboxes and containers that were to go when they ended, whole; of other
/// containers the processes and cgroups, and their state is put right.
/// </summary>
internal static class AbandonedSandboxes
{
    /// <summary>Reclaims all there are.</summary>
    /// <param name="layout">Where they are.</param>
    /// <param name="failures">Takes a line for each that could not be removed whole.</param>
    /// <returns>How many were reclaimed.</returns>
    internal static int Reclaim(StateLayout layout, List<string> failures)
    {
        int reclaimed = 0;
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        foreach (string id in Sandbox.List(layout))
        {
            reclaimed += TryReclaim(layout, hierarchy, id, failures) ? 1 : 0;
        }

        // The groups that sandboxes share: those that are empty now are made again by the next one.
        hierarchy.Prune();
        return reclaimed;
    }

    /// <summary>Reclaims one; false where it is alive, or is a container that has ended as it should, or a part could not be removed.</summary>
    internal static bool TryReclaim(StateLayout layout, string id, List<string> failures)
    {
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        return TryReclaim(layout, hierarchy, id, failures);
    }

    /// <summary>Ends what is left of a container's last run whose supervisor was killed. The caller holds the sandbox.</summary>
    internal static void EndLastRun(CgroupHierarchy hierarchy, Sandbox sandbox, RunResources owned)
    {
        IReadOnlyList<string> locations =
            sandbox.NotedCgroup() ?? CgroupSearch.Locations(hierarchy, parent: null, sandbox.Id, limited: false);
        if (Cgroup.Open(hierarchy, locations) is { } cgroup)
        {
            owned.Own(cgroup);
            owned.RemoveLater($"cgroup of sandbox {sandbox.Id}", cgroup.Remove);
        }
    }

    private static bool TryReclaim(StateLayout layout, CgroupHierarchy hierarchy, string id, List<string> failures)
    {
        using Sandbox? sandbox = Sandbox.TryAdopt(layout, id);
        if (sandbox is null)
        {
            return false;
        }

        ContainerStore store = new(layout);
        if (!TryRead(store, id, out Container? container) || (container is not null && !WasKilled(container)))
        {
            return false;
        }

        RunResources owned = new();
        if (container is null)
        {
            owned.RemoveLater($"sandbox {id}", sandbox.Remove);
        }
        else if (container.Record.Request.AutoRemove)
        {
            owned.RemoveLater(
                $"container {container.Name}", () => ContainerRemoval.RemoveHeld(layout, container.Record, sandbox, volumes: true));
        }
        else
        {
            owned.RemoveLater($"state of container {container.Name}", () => store.WriteState(id, container.State));
            owned.RemoveLater($"socket of container {container.Name}", () => TreeRemoval.Delete(null, layout.RunningContainer(id)));
        }

        if (container is { Written: { Status: ContainerStatus.Running } written } && written.BootId == BootId.Current)
        {
            ContainerEvents.Died(layout, container.Record, container.State);
        }

        EndLastRun(hierarchy, sandbox, owned);
        List<string> failed = owned.Release();
        failures.AddRange(failed);
        return failed.Count == 0;
    }

    /// <summary>A container whose records cannot be read is left to who removes it by name.</summary>
    private static bool TryRead(ContainerStore store, string id, out Container? container)
    {
        container = null;
        try
        {
            container = store.TryRead(id);
            return true;
        }
        catch (EngineException exception) when (exception.Kind is ErrorKind.CorruptContent or ErrorKind.Unsupported)
        {
            return false;
        }
    }

    /// <summary>Its records say that it runs, and its lock was free.</summary>
    private static bool WasKilled(Container container) =>
        container.Written.Status is ContainerStatus.Running or ContainerStatus.Restarting;
}
