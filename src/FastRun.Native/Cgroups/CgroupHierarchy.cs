using System;
using System.Collections.Generic;
using FastRun.Native.Interop;
using FastRun.Native.Mounts;

namespace FastRun.Native.Cgroups;

/// <summary>
/// The cgroup hierarchies of this host: v2, and those of v1 that still hold controllers. What a launch without limits
/// does not need (the v1 side, the lists of controllers) is looked at only when asked for.
/// </summary>
public sealed class CgroupHierarchy : IDisposable
{
    private const string Standard = "/sys/fs/cgroup";

    // The v1 controllers, spelt as in /proc/cgroups, that a limit or the device policy can need.
    private static readonly string[] s_v1Controllers = ["memory", "cpu", "cpuset", "pids", "blkio", "devices"];

    private readonly string _place;
    private readonly Dictionary<string, CgroupDirectory?> _v1 = [];
    private string? _v2Controllers;
    private string? _ownGroups;

    private CgroupHierarchy(string place, CgroupDirectory? v2, bool unified)
    {
        _place = place;
        V2IsMounted = v2 is not null;
        V2 = v2 ?? MountPrivately();
        Unified = unified;
    }

    /// <summary>Whether the host has v2 only, at its standard place.</summary>
    public bool Unified { get; }

    /// <summary>Whether v2 is mounted in a standard place: systemd then tracks processes there, also where controllers are v1's.</summary>
    internal bool V2IsMounted { get; }

    /// <summary>The root of v2 as this process sees it.</summary>
    internal CgroupDirectory V2 { get; }

    /// <summary>Finds the hierarchies in the standard places, by file system magic.</summary>
    /// <exception cref="SyscallException">v2 is mounted nowhere and cannot be.</exception>
    public static CgroupHierarchy Detect() => Detect(Standard);

    /// <summary>The controllers of a version that this host offers, under v2's names for v2 and v1's for v1.</summary>
    public IReadOnlyCollection<string> Controllers(CgroupVersion version)
    {
        if (version == CgroupVersion.V2)
        {
            return V2Controllers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        List<string> found = [];
        foreach (string controller in s_v1Controllers)
        {
            if (V1(controller) is not null)
            {
                found.Add(controller);
            }
        }

        return found;
    }

    /// <summary>Removes our shared groups where no sandbox is in them.</summary>
    public void Prune()
    {
        SandboxParent.Prune(V2);
        if (V1(SupervisorGroup.Systemd) is { } systemd)
        {
            SupervisorGroup.Prune(systemd);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        V2.Dispose();
        foreach (CgroupDirectory? directory in _v1.Values)
        {
            directory?.Dispose();
        }
    }

    /// <summary>Finds the hierarchies at and below a place.</summary>
    internal static CgroupHierarchy Detect(string place)
    {
        if (CgroupDirectory.TryOpen(place, CgroupFs.CGROUP2_SUPER_MAGIC) is { } unified)
        {
            return new CgroupHierarchy(place, unified, unified: true);
        }

        CgroupDirectory? hybrid = CgroupDirectory.TryOpen(place + "/unified", CgroupFs.CGROUP2_SUPER_MAGIC);
        return new CgroupHierarchy(place, hybrid, unified: false);
    }

    /// <summary>Whether v2 has a controller.</summary>
    internal bool HasV2(string controller) => ControlText.HasWord(V2Controllers, controller);

    /// <summary>The root of the v1 hierarchy that has a controller, as this process sees it; null where there is none.</summary>
    internal CgroupDirectory? V1(string controller)
    {
        if (Unified)
        {
            return null;
        }

        if (!_v1.TryGetValue(controller, out CgroupDirectory? root))
        {
            // One without a controller is mounted by its name.
            string name = controller[(controller.IndexOf('=', StringComparison.Ordinal) + 1)..];
            root = CgroupDirectory.TryOpen($"{_place}/{name}", CgroupFs.CGROUP_SUPER_MAGIC)
                ?? V1Mounts.TryOpen(controller);
            _v1.Add(controller, root);
        }

        return root;
    }

    /// <summary>This process's own group in a v1 hierarchy, so that limits set on it hold for what is made below.</summary>
    internal CgroupDirectory? V1Own(string controller)
    {
        if (V1(controller) is not { } root)
        {
            return null;
        }

        _ownGroups ??= ControlText.TryRead("/proc/self/cgroup") ?? "";

        // A path that the mount does not show (the mount's root is the group itself, as in containers without a cgroup
        // namespace, or the group is outside of the namespace) leaves the root as the nearest group that can be used.
        string own = V1Mounts.OwnPath(_ownGroups, controller) ?? "/";
        CgroupDirectory? group = own == "/" || own.StartsWith("/..", StringComparison.Ordinal)
            ? null
            : root.TryOpenChild(own[1..]);
        return group ?? root.Duplicate();
    }

    private string V2Controllers => _v2Controllers ??= V2.TryRead("cgroup.controllers") ?? "";

    /// <summary>A kernel has exactly one v2 hierarchy, and a mount of it needs no place.</summary>
    private static CgroupDirectory MountPrivately()
    {
        using FilesystemContext context = new("cgroup2");
        const MountAttributes attributes = MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoExec;
        return CgroupDirectory.Adopt(context.CreateMount(attributes), "(cgroup2)");
    }
}
