using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>The groups of a sandbox that runs, open for one more process to join.</summary>
public sealed class CgroupEntry : IDisposable
{
    private readonly CgroupDirectory _unified;
    private readonly CgroupDirectory? _leaf;
    private readonly List<Fd> _v1Procs;

    private CgroupEntry(CgroupDirectory unified, CgroupDirectory? leaf, List<Fd> v1Procs)
    {
        _unified = unified;
        _leaf = leaf;
        _v1Procs = v1Procs;
    }

    /// <summary>The v2 group's directory, for CLONE_INTO_CGROUP: the group <c>init</c> inside of a delegated one.</summary>
    public Fd UnifiedDirectory => (_leaf ?? _unified).Handle;

    /// <summary>cgroup.procs of each v1 group, open for writing: a child joins by writing <c>0</c>.</summary>
    public IReadOnlyList<Fd> V1Procs => _v1Procs;

    /// <summary>Whether the sandbox's processes are stopped: one that joined would be, too.</summary>
    public bool IsFrozen => ControlText.Keyed(_unified.TryRead("cgroup.events"), "frozen") == 1;

    /// <summary>Opens the groups at the locations that their creator wrote down.</summary>
    /// <param name="hierarchy">The host's hierarchies.</param>
    /// <param name="locations"><see cref="Cgroup.Locations"/>.</param>
    /// <param name="process">A process of the sandbox: where systemd's own v1 hierarchy has it, the one that joins goes too.</param>
    /// <param name="delegated">Whether what runs in it may make groups of its own, so that it holds no process itself.</param>
    /// <returns>Null where one is gone, which a sandbox takes with it when it ends.</returns>
    public static CgroupEntry? TryOpen(CgroupHierarchy hierarchy, IReadOnlyList<string> locations, int process, bool delegated)
    {
        ArgumentNullException.ThrowIfNull(hierarchy);
        ArgumentNullException.ThrowIfNull(locations);
        CgroupDirectory? unified = null;
        CgroupDirectory? leaf = null;
        List<Fd> procs = [];
        bool whole = true;
        foreach (string location in locations)
        {
            int colon = location.IndexOf(':', StringComparison.Ordinal);
            string path = CgroupPath.Parent(location[(colon + 1)..])!;
            if (colon <= 0)
            {
                unified = hierarchy.V2.TryOpenChild(path);
            }
            else
            {
                using CgroupDirectory? group = hierarchy.V1(location[..colon])?.TryOpenChild(path);
                Fd? file = group?.TryOpenFile("cgroup.procs", CgroupFs.O_WRONLY);
                whole &= file is not null;
                if (file is not null)
                {
                    procs.Add(file);
                }
            }
        }

        if (unified is not null && whole)
        {
            if (TryOpenSystemd(hierarchy, process) is { } systemd)
            {
                procs.Add(systemd);
            }

            leaf = delegated ? unified.OpenOrMakeChild(CgroupLeaf.Name, out _) : null;
            return new CgroupEntry(unified, leaf, procs);
        }

        unified?.Dispose();
        procs.ForEach(static file => file.Dispose());
        return null;
    }

    private static Fd? TryOpenSystemd(CgroupHierarchy hierarchy, int process)
    {
        if (hierarchy.V1(SupervisorGroup.Systemd) is not { } root)
        {
            return null;
        }

        // Where the child is born there nothing is written: the kernel takes tens of milliseconds for it, to no end.
        string path = SystemdPath(process.ToString(CultureInfo.InvariantCulture)) ?? "/..";
        if (path.StartsWith("/..", StringComparison.Ordinal) || path == SystemdPath("self"))
        {
            return null;
        }

        using CgroupDirectory? group = path == "/" ? root.Duplicate() : root.TryOpenChild(path[1..]);
        return group?.TryOpenFile("cgroup.procs", CgroupFs.O_WRONLY);
    }

    private static string? SystemdPath(string process) => V1Mounts.OwnPath(ControlText.TryRead($"/proc/{process}/cgroup") ?? "", SupervisorGroup.Systemd);

    /// <inheritdoc/>
    public void Dispose()
    {
        _unified.Dispose();
        _leaf?.Dispose();
        _v1Procs.ForEach(static file => file.Dispose());
    }
}
