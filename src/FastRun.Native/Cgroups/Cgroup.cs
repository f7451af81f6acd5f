using System;
using System.Collections.Generic;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>
/// The cgroup of one sandbox: always a group on v2, which starts, freezes and kills it, and a group in each v1 hierarchy
/// whose controller a limit needs. Disposing it closes descriptors; <see cref="Remove"/> removes the groups.
/// </summary>
public sealed class Cgroup : IDisposable
{
    private readonly List<CgroupMember> _members;
    private readonly CgroupMember _unified;
    private readonly List<Fd> _v1Procs;

    // The groups above that had to be made, from the outermost inwards.
    private readonly List<CgroupMember> _parents;

    internal Cgroup(List<CgroupMember> members, CgroupMember unified, List<Fd> v1Procs, Fd killFile, List<CgroupMember> parents)
    {
        _members = members;
        _unified = unified;
        _v1Procs = v1Procs;
        _parents = parents;
        KillFile = killFile;
    }

    /// <summary>The v2 group's directory, for CLONE_INTO_CGROUP.</summary>
    public Fd UnifiedDirectory => _unified.Directory.Handle;

    /// <summary>cgroup.procs of each v1 group, open for writing: a child joins by writing <c>0</c>.</summary>
    public IReadOnlyList<Fd> V1Procs => _v1Procs;

    /// <summary>
    /// cgroup.procs of the group <c>init</c> inside a delegated one, open for writing: its first process joins by writing
    /// <c>0</c>, so that the delegated group itself holds none. Null where the cgroup is not delegated.
    /// </summary>
    public Fd? LeafProcs { get; internal init; }

    /// <summary>The v2 group's cgroup.kill, open for writing: <c>1</c> kills everything in it.</summary>
    public Fd KillFile { get; }

    /// <summary>Where its groups are, for <see cref="Open"/> in another process.</summary>
    public IReadOnlyList<string> Locations => _members.ConvertAll(static member => member.Location);

    /// <summary>Makes the cgroup of a sandbox with its limits and device policy in force.</summary>
    /// <param name="hierarchy">The host's hierarchies, which must outlive it.</param>
    /// <param name="parent">The group to make it in, a path below the hierarchies' roots; null for our own subtree.</param>
    /// <param name="name">Its name.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="devices">Which devices it may use.</param>
    /// <param name="delegated">Whether what runs in it may make groups of its own, with all controllers that are there.</param>
    /// <exception cref="CgroupUnsupportedException">This host cannot enforce one of them.</exception>
    /// <exception cref="FormatException">The parent is not a path that stays below the root.</exception>
    /// <exception cref="SyscallException">The kernel refused a group or a value; EEXIST where the name is taken.</exception>
    public static Cgroup Create(
        CgroupHierarchy hierarchy, string? parent, string name, CgroupLimits limits, DevicePolicy devices, bool delegated = false)
    {
        ArgumentNullException.ThrowIfNull(hierarchy);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(devices);
        return new CgroupCreation(hierarchy, CgroupPath.Parent(parent), CgroupPath.Name(name), limits, devices, delegated).Run();
    }

    /// <summary>Opens an existing cgroup from the locations that its creator wrote down.</summary>
    /// <returns>Null where its v2 group is gone.</returns>
    public static Cgroup? Open(CgroupHierarchy hierarchy, IReadOnlyList<string> locations)
    {
        ArgumentNullException.ThrowIfNull(hierarchy);
        ArgumentNullException.ThrowIfNull(locations);
        return CgroupCreation.Reopen(hierarchy, locations);
    }

    /// <summary>Whether all processes of the cgroup at some locations are stopped: one small read, for who looks at many.</summary>
    public static bool IsFrozenAt(CgroupHierarchy hierarchy, IReadOnlyList<string> locations)
    {
        ArgumentNullException.ThrowIfNull(hierarchy);
        ArgumentNullException.ThrowIfNull(locations);
        foreach (string location in locations)
        {
            if (location is [':', .. var path]
                && ControlText.Keyed(hierarchy.V2.TryRead(CgroupPath.Parent(path) + "/cgroup.events"), "frozen") == 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Kills every process in it, at once and without a race against fork(2). Nothing is in one that its owner has removed
    /// meanwhile.
    /// </summary>
    public void Kill()
    {
        Errno errno = _unified.Directory.TryWrite("cgroup.kill", "1");
        if (errno is not (Errno.None or Errno.ENOENT or Errno.ENODEV))
        {
            throw new SyscallException("write", errno, _unified.Directory.Join("cgroup.kill"));
        }
    }

    /// <summary>Stops every process in it, and returns when all have stopped.</summary>
    /// <exception cref="SyscallException">ETIMEDOUT where some did not within ten seconds.</exception>
    public void Freeze()
    {
        _unified.Directory.Write("cgroup.freeze", "1");
        if (!CgroupEvents.Wait(_unified.Directory, "frozen", 1, milliseconds: 10_000))
        {
            _unified.Directory.TryWrite("cgroup.freeze", "0");
            throw new SyscallException("write", Errno.ETIMEDOUT, _unified.Directory.Join("cgroup.freeze"));
        }
    }

    /// <summary>cgroup.freeze, open for writing: <c>0</c> lets the processes go on.</summary>
    /// <exception cref="SyscallException">The cgroup is gone.</exception>
    public Fd OpenFreezeFile() => _unified.Directory.TryOpenFile("cgroup.freeze", CgroupFs.O_WRONLY)
        ?? throw new SyscallException("openat", Errno.ENOENT, _unified.Directory.Join("cgroup.freeze"));

    /// <summary>Lets the processes go on.</summary>
    public void Thaw() => _unified.Directory.Write("cgroup.freeze", "0");

    /// <summary>Whether all its processes are stopped.</summary>
    public bool IsFrozen => ControlText.Keyed(_unified.Directory.TryRead("cgroup.events"), "frozen") == 1;

    /// <summary>Changes its limits while processes are in it. What fails changes nothing.</summary>
    /// <param name="hierarchy">The host's hierarchies.</param>
    /// <param name="changes">What is to be changed.</param>
    /// <param name="limits">All limits, as they shall be afterwards.</param>
    /// <exception cref="CgroupUnsupportedException">It has no group of a controller, and gets none while it runs.</exception>
    /// <exception cref="SyscallException">The kernel refused a value, such as less memory than it can bring the cgroup to.</exception>
    public void Update(CgroupHierarchy hierarchy, CgroupLimits changes, CgroupLimits limits)
    {
        ArgumentNullException.ThrowIfNull(hierarchy);
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(limits);
        new CgroupUpdate(hierarchy, _members).Run(changes, limits);
    }

    /// <summary>Whether the kernel killed a process in it for want of memory. False where memory is not limited.</summary>
    public bool OomKilled() => OomKills() > 0;

    /// <summary>How many processes of it the kernel killed for want of memory; null where memory is not counted.</summary>
    public long? OomKills()
    {
        long? kills = null;
        foreach (CgroupMember member in _members)
        {
            string file = member.Version == CgroupVersion.V2 ? "memory.events" : "memory.oom_control";
            if (member.Controller is "" or "memory"
                && ControlText.Keyed(member.Directory.TryRead(file), "oom_kill") is { } some)
            {
                kills = (kills ?? 0) + some;
            }
        }

        return kills;
    }

    /// <summary>The processes in it and in the groups below it, no more than a number. They come and go meanwhile.</summary>
    public IReadOnlyList<int> Processes(int most)
    {
        List<int> pids = [];
        AddProcesses(_unified.Directory, pids, most, depth: 0);
        return pids;
    }

    /// <summary>The processes in it and in the groups below, as far as this process's namespace knows them.</summary>
    public IReadOnlyList<int> ProcessIds()
    {
        List<int> ids = [];
        AddProcessIds(_unified.Directory, ids);
        return ids;
    }

    private static void AddProcessIds(CgroupDirectory group, List<int> ids)
    {
        foreach (ReadOnlySpan<char> line in group.TryRead("cgroup.procs").AsSpan().EnumerateLines())
        {
            if (ControlText.Number(line) is > 0 and var id)
            {
                ids.Add((int)id);
            }
        }

        foreach (string name in group.Children())
        {
            using CgroupDirectory? child = group.TryOpenChild(name);
            if (child is not null)
            {
                AddProcessIds(child, ids);
            }
        }
    }

    /// <summary>What it has used so far.</summary>
    public CgroupStatistics ReadStatistics() => CgroupCounters.Read(_members);

    /// <summary>What it has used so far, one by one.</summary>
    public CgroupDetails ReadDetails() => CgroupDetailCounters.Read(_members);

    /// <summary>
    /// Kills what is still in it and removes its groups and those made inside. All are tried, also after a failure.
    /// </summary>
    /// <exception cref="SyscallException">A group could not be removed.</exception>
    /// <exception cref="AggregateException">Several could not.</exception>
    public void Remove()
    {
        List<Exception> failures = [];
        foreach (CgroupMember member in _members)
        {
            Errno errno = member.TryRemove();
            if (errno == Errno.EBUSY)
            {
                errno = RemoveBusy(member);
            }

            if (errno != Errno.None)
            {
                failures.Add(new SyscallException("rmdir", errno, member.Directory.Path));
            }
        }

        // Another sandbox may be in them by now, which keeps them.
        for (int i = _parents.Count - 1; i >= 0; i--)
        {
            _parents[i].TryRemoveEmpty();
        }

        if (failures.Count > 0)
        {
            throw failures.Count == 1 ? failures[0] : new AggregateException(failures);
        }
    }

    // What runs in it may make groups as it likes: no more than a few levels are looked at.
    private static void AddProcesses(CgroupDirectory group, List<int> pids, int most, int depth)
    {
        const int Levels = 8;
        foreach (ReadOnlySpan<char> line in group.TryRead("cgroup.procs").AsSpan().EnumerateLines())
        {
            if (pids.Count < most && ControlText.Number(line) is > 0 and <= int.MaxValue and { } pid)
            {
                pids.Add((int)pid);
            }
        }

        foreach (string name in depth < Levels && pids.Count < most ? group.Children() : [])
        {
            if (pids.Count < most && group.TryOpenChild(name) is { } child)
            {
                using (child)
                {
                    AddProcesses(child, pids, most, depth + 1);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        KillFile.Dispose();
        LeafProcs?.Dispose();
        _v1Procs.ForEach(static file => file.Dispose());
        _members.ForEach(static member => member.Dispose());
        _parents.ForEach(static parent => parent.Dispose());
    }

    /// <summary>
    /// Processes that were killed leave their groups when they have exited, which the v2 group tells. The v1 groups have
    /// no such event, and a memory group can be busy for a moment longer: there a short wait that doubles must do.
    /// </summary>
    private Errno RemoveBusy(CgroupMember member)
    {
        _unified.Directory.TryWrite("cgroup.kill", "1");
        CgroupEvents.Wait(_unified.Directory, "populated", 0, milliseconds: 5_000);
        Errno errno = member.TryRemove();
        for (long wait = 100; errno == Errno.EBUSY && wait < 1_000_000; wait *= 2)
        {
            CgroupEvents.Pause(wait);
            errno = member.TryRemove();
        }

        return errno;
    }
}
