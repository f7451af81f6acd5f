using System.Collections.Generic;

namespace FastRun.Native.Cgroups;

/// <summary>Finds the cgroup of a sandbox whose process died without removing it.</summary>
public static class CgroupSearch
{
    /// <summary>
    /// Every location where <see cref="Cgroup.Create"/>, called now by this process, could make groups for a sandbox, in
    /// the form that <see cref="Cgroup.Open"/> takes.
    /// </summary>
    /// <param name="hierarchy">The host's hierarchies.</param>
    /// <param name="parent">The group to make it in; null for our own subtree.</param>
    /// <param name="name">The sandbox's name.</param>
    /// <param name="limited">Whether it has limits, so that v1 groups are possible.</param>
    public static IReadOnlyList<string> Locations(CgroupHierarchy hierarchy, string? parent, string name, bool limited)
    {
        List<string> locations = [];
        if (CgroupPath.Parent(parent) is { } path)
        {
            locations.Add($":{path}/{name}");
        }
        else
        {
            locations.AddRange(SandboxParent.Locations(name));
        }

        if (!limited)
        {
            return locations;
        }

        foreach (string controller in hierarchy.Controllers(CgroupVersion.V1))
        {
            string rootPath = hierarchy.V1(controller)!.Path;
            using CgroupDirectory? own = parent is null ? hierarchy.V1Own(controller) : null;
            string above = own is null ? CgroupPath.Parent(parent) ?? "" : own.Path[rootPath.Length..].Trim('/').TrimEnd('.');
            string member = parent is null ? $"{SandboxParent.Top}-{name}" : name;
            locations.Add(above.Length == 0 ? $"{controller}:{member}" : $"{controller}:{above}/{member}");
        }

        return locations;
    }
}
