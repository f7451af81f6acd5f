using System;
using System.Collections.Generic;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>The making of one <see cref="Cgroup"/>: what was made is removed again when a later step fails.</summary>
internal sealed class CgroupCreation(
    CgroupHierarchy hierarchy, string? parent, string name, CgroupLimits limits, DevicePolicy devices, bool delegated)
{
    // What a delegated group gets for groups of its own, besides what its limits need.
    private static readonly string[] s_delegated = ["cpuset", "cpu", "io", "memory", "pids"];

    // What counts, under v1's names.
    private static readonly string[] s_measured = ["cpu", "blkio", "memory", "pids"];

    // A collector can remove an empty shared group between our opening it and making a group in it.
    private const int Attempts = 5;

    private readonly List<CgroupMember> _members = [];
    private readonly List<Fd> _procs = [];
    private readonly List<CgroupMember> _madeParents = [];

    internal Cgroup Run()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Make();
            }
            catch (SyscallException exception) when (exception.Errno == Errno.ENOENT && attempt < Attempts)
            {
                Undo();
            }
            catch
            {
                Undo();
                throw;
            }
        }
    }

    internal static Cgroup? Reopen(CgroupHierarchy hierarchy, IReadOnlyList<string> locations)
    {
        List<CgroupMember> members = [];
        CgroupMember? unified = null;
        foreach (string location in locations)
        {
            int colon = location.IndexOf(':', StringComparison.Ordinal);
            string controller = colon < 0 ? "" : location[..colon];
            string path = CgroupPath.Parent(location[(colon + 1)..])!;
            if ((controller.Length == 0 ? hierarchy.V2 : hierarchy.V1(controller)) is not { } root
                || root.TryOpenChild(path) is not { } group)
            {
                continue;
            }

            int slash = path.LastIndexOf('/');
            CgroupDirectory above = slash < 0 ? root.Duplicate() : root.TryOpenChild(path[..slash])!;
            CgroupMember member = new(controller, root, above, path[(slash + 1)..], group);
            members.Add(member);
            unified = controller.Length == 0 ? member : unified;
        }

        if (unified?.Directory.TryOpenFile("cgroup.kill", CgroupFs.O_WRONLY) is { } kill)
        {
            return new Cgroup(members, unified, [], kill, []);
        }

        // Without the v2 group there is nothing left to run in the others.
        foreach (CgroupMember member in members)
        {
            member.TryRemove();
            member.Dispose();
        }

        return null;
    }

    private Cgroup Make()
    {
        List<(string Controller, CgroupVersion Version)> controllers = Locate();
        CgroupMember unified = MakeUnified(controllers, out bool devicesByV1);
        if (devicesByV1)
        {
            CgroupDirectory group = MakeV1("devices");
            group.Write("devices.deny", "a");
            foreach (DeviceRule rule in devices.Rules!)
            {
                ApplyV1(group, rule);
            }
        }

        foreach ((string controller, CgroupVersion version) in controllers)
        {
            CgroupDirectory group = version == CgroupVersion.V2 ? unified.Directory : MakeV1(controller);
            CgroupDirectory root = version == CgroupVersion.V2 ? hierarchy.V2 : hierarchy.V1(controller)!;
            if (controller == "cpuset")
            {
                CpusetInheritance.Check(group, version, limits);
            }

            foreach (LimitSetting setting in LimitSettings.For(controller, version, limits, root))
            {
                setting.Apply(group);
            }
        }

        if (limits.Measured)
        {
            MeasureByV1(controllers);
        }

        Fd kill = unified.Directory.TryOpenFile("cgroup.kill", CgroupFs.O_WRONLY)
            ?? throw new CgroupUnsupportedException("end a sandbox for certain", "its kernel has no cgroup.kill (Linux 5.14)");
        return new Cgroup(_members, unified, _procs, kill, _madeParents) { LeafProcs = delegated ? MakeLeaf(unified) : null };
    }

    /// <summary>Makes the v1 groups that count what no limit made one for.</summary>
    private void MeasureByV1(List<(string Controller, CgroupVersion Version)> limited)
    {
        foreach (string controller in s_measured)
        {
            if (!limited.Exists(one => one.Controller == controller)
                && !hierarchy.HasV2(LimitSettings.V2Name(controller)) && hierarchy.V1(controller) is not null)
            {
                MakeV1(controller);
            }
        }
    }

    /// <summary>Which version each needed controller is bound to here.</summary>
    private List<(string Controller, CgroupVersion Version)> Locate()
    {
        List<(string Controller, CgroupVersion Version)> located = [];
        foreach ((string controller, string limit) in LimitSettings.Controllers(limits))
        {
            string v2Name = LimitSettings.V2Name(controller);
            located.Add(
                (controller, hierarchy.HasV2(v2Name) ? CgroupVersion.V2
                    : hierarchy.V1(controller) is not null ? CgroupVersion.V1
                    : throw new CgroupUnsupportedException(
                        $"limit {limit}", $"the {v2Name} controller is in no cgroup hierarchy")));
        }

        return located;
    }

    private CgroupMember MakeUnified(List<(string Controller, CgroupVersion Version)> controllers, out bool devicesByV1)
    {
        List<string> enable = [];
        foreach ((string controller, CgroupVersion version) in controllers)
        {
            if (version == CgroupVersion.V2)
            {
                enable.Add(LimitSettings.V2Name(controller));
            }
        }

        List<string> optional = delegated ? [.. Array.FindAll(s_delegated, hierarchy.HasV2)] : [];
        if (limits.Measured && !delegated)
        {
            optional.AddRange(Array.FindAll(Array.ConvertAll(s_measured, LimitSettings.V2Name), hierarchy.HasV2));
        }

        bool limited = enable.Count + optional.Count > 0;
        bool inherits = parent is null && ReferenceEquals(devices, DevicePolicy.Default);
        CgroupDirectory? group = null;
        Errno errno = Errno.None;
        if (parent is not null)
        {
            group = MakeParents(hierarchy.V2, cpuset: false);
        }
        else
        {
            group = SandboxParent.TryOpen(hierarchy.V2, inherits, limited, out errno)
                ?? SandboxParent.TryOpen(hierarchy.V2, inheritsDevices: false, limited, out _)!;
        }

        try
        {
            string path = group.Path[(hierarchy.V2.Path.Length + 1)..];
            if (enable.Count > 0)
            {
                SandboxParent.Enable(hierarchy.V2, path, enable);
            }

            SandboxParent.TryEnable(hierarchy.V2, path, optional);
        }
        catch
        {
            group.Dispose();
            throw;
        }

        CgroupMember member = MakeMember("", hierarchy.V2, group, name);
        if (!inherits && devices.Rules is { } rules)
        {
            errno = DeviceProgram.TryAttach(member.Directory.Handle, rules);
        }

        devicesByV1 = errno != Errno.None;
        if (devicesByV1 && hierarchy.V1("devices") is null)
        {
            throw new CgroupUnsupportedException(
                "restrict devices",
                "it takes no eBPF cgroup device program, and cgroup v1's devices controller is not mounted",
                new SyscallException("bpf", errno));
        }

        return member;
    }

    /// <summary>Makes the group that a delegated cgroup's first process moves to, so that it can have groups with controllers.</summary>
    private static Fd MakeLeaf(CgroupMember unified)
    {
        using CgroupDirectory leaf = unified.Directory.OpenOrMakeChild(CgroupLeaf.Name, out _);
        return leaf.TryOpenFile("cgroup.procs", CgroupFs.O_WRONLY)
            ?? throw new SyscallException("openat", Errno.ENOENT, leaf.Join("cgroup.procs"));
    }

    /// <summary>Makes the group in a v1 hierarchy: below the caller's own, so that limits on the caller still hold.</summary>
    private CgroupDirectory MakeV1(string controller)
    {
        CgroupDirectory root = hierarchy.V1(controller)!;
        bool cpuset = controller == "cpuset";
        CgroupDirectory above = parent is null ? hierarchy.V1Own(controller)! : MakeParents(root, cpuset);
        CgroupMember member = MakeMember(controller, root, above, parent is null ? $"{SandboxParent.Top}-{name}" : name);
        if (cpuset)
        {
            CpusetInheritance.Copy(above, member.Directory);
        }

        _procs.Add(
            member.Directory.TryOpenFile("cgroup.procs", CgroupFs.O_WRONLY)
            ?? throw new SyscallException("openat", Errno.ENOENT, member.Directory.Join("cgroup.procs")));
        return member.Directory;
    }

    private CgroupMember MakeMember(string controller, CgroupDirectory root, CgroupDirectory above, string memberName)
    {
        CgroupDirectory? group = null;
        try
        {
            if (!above.TryMakeChild(memberName))
            {
                throw new SyscallException("mkdirat", Errno.EEXIST, above.Join(memberName));
            }

            group = above.TryOpenChild(memberName)
                ?? throw new SyscallException("openat", Errno.ENOENT, above.Join(memberName));
        }
        finally
        {
            if (group is null)
            {
                above.Dispose();
            }
        }

        CgroupMember member = new(controller, root, above, memberName, group);
        _members.Add(member);
        return member;
    }

    /// <summary>Opens the parent that the caller named, making what is missing of it.</summary>
    private CgroupDirectory MakeParents(CgroupDirectory root, bool cpuset)
    {
        CgroupDirectory at = root.Duplicate();
        foreach (string component in parent!.Split('/'))
        {
            CgroupDirectory next;
            bool made;
            try
            {
                next = at.OpenOrMakeChild(component, out made);
            }
            catch
            {
                at.Dispose();
                throw;
            }

            if (made)
            {
                _madeParents.Add(new CgroupMember("", root, at, component, next.Duplicate()));
                if (cpuset)
                {
                    CpusetInheritance.Copy(at, next);
                }
            }
            else
            {
                at.Dispose();
            }

            at = next;
        }

        return at;
    }

    /// <summary>v1 takes one kind of device in each line, and no access to both kinds at once with numbers.</summary>
    private static void ApplyV1(CgroupDirectory group, DeviceRule rule)
    {
        if (rule.Type != DeviceType.Any)
        {
            group.Write("devices.allow", rule.ToString());
            return;
        }

        group.Write("devices.allow", (rule with { Type = DeviceType.Block }).ToString());
        group.Write("devices.allow", (rule with { Type = DeviceType.Character }).ToString());
    }

    private void Undo()
    {
        _procs.ForEach(static file => file.Dispose());
        _procs.Clear();
        for (int i = _members.Count - 1; i >= 0; i--)
        {
            _members[i].TryRemove();
            _members[i].Dispose();
        }

        _members.Clear();
        for (int i = _madeParents.Count - 1; i >= 0; i--)
        {
            _madeParents[i].TryRemoveEmpty();
            _madeParents[i].Dispose();
        }

        _madeParents.Clear();
    }
}
