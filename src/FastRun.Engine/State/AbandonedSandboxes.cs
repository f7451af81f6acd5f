using System.Collections.Generic;
using FastRun.Layers;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.State;

/// <summary>Reclaims sandboxes whose process was killed: what still runs in them, their cgroups, their files.</summary>
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
            using Sandbox? sandbox = Sandbox.TryAdopt(layout, id);
            if (sandbox is null)
            {
                continue;
            }

            RunResources owned = new();
            owned.RemoveLater($"sandbox {id}", sandbox.Remove);
            IReadOnlyList<string> locations =
                sandbox.NotedCgroup() ?? CgroupSearch.Locations(hierarchy, parent: null, id, limited: false);
            if (Cgroup.Open(hierarchy, locations) is { } cgroup)
            {
                owned.Own(cgroup);
                owned.RemoveLater($"cgroup of sandbox {id}", cgroup.Remove);
            }

            List<string> failed = owned.Release();
            reclaimed += failed.Count == 0 ? 1 : 0;
            failures.AddRange(failed);
        }

        // The groups that sandboxes share: those that are empty now are made again by the next one.
        hierarchy.Prune();
        return reclaimed;
    }
}
