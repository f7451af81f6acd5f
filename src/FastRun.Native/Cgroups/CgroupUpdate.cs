using System.Collections.Generic;

namespace FastRun.Native.Cgroups;

/// <summary>Changes the limits of a cgroup that holds processes.</summary>
/// <param name="hierarchy">The host's hierarchies.</param>
/// <param name="members">The cgroup's groups.</param>
internal sealed class CgroupUpdate(CgroupHierarchy hierarchy, List<CgroupMember> members)
{
    /// <summary>Writes all settings of the controllers that changes are about; a failure puts back what was written.</summary>
    /// <param name="changes">What is to be changed.</param>
    /// <param name="limits">All limits, as they shall be afterwards.</param>
    /// <exception cref="CgroupUnsupportedException">It has no group of a controller, and gets none while it runs.</exception>
    /// <exception cref="SyscallException">The kernel refused a value, such as less memory than cannot be reclaimed.</exception>
    internal void Run(CgroupLimits changes, CgroupLimits limits)
    {
        List<(CgroupDirectory Group, LimitSetting Setting)> settings = Settings(changes, limits);
        List<(CgroupDirectory Group, string File, string Value)> before = [];
        try
        {
            foreach ((CgroupDirectory group, LimitSetting setting) in settings)
            {
                if (group.TryRead(setting.File) is { } value)
                {
                    before.Add((group, setting.File, value));
                }

                Apply(group, setting, settings);
            }
        }
        catch
        {
            before.Reverse();
            before.ForEach(static old => old.Group.TryWrite(old.File, old.Value));
            throw;
        }
    }

    private List<(CgroupDirectory Group, LimitSetting Setting)> Settings(CgroupLimits changes, CgroupLimits limits)
    {
        List<(CgroupDirectory, LimitSetting)> settings = [];
        foreach ((string controller, string limit) in LimitSettings.Controllers(changes))
        {
            CgroupVersion version = hierarchy.HasV2(LimitSettings.V2Name(controller)) ? CgroupVersion.V2 : CgroupVersion.V1;
            CgroupMember member = Member(controller, version)
                ?? throw new CgroupUnsupportedException($"limit {limit} of a container that runs without such a limit", $"it is in no group of the {controller} controller");
            CgroupDirectory root = version == CgroupVersion.V2 ? hierarchy.V2 : hierarchy.V1(controller)!;
            foreach (LimitSetting setting in LimitSettings.For(controller, version, limits, root))
            {
                settings.Add((member.Directory, setting));
            }
        }

        return settings;
    }

    /// <summary>The group that a controller's limits are set in; on v2 the controller is enabled for it where it is not yet.</summary>
    private CgroupMember? Member(string controller, CgroupVersion version)
    {
        CgroupMember? member = members.Find(each => version == CgroupVersion.V2
            ? each.Version == CgroupVersion.V2
            : each.Controller == controller);
        string name = LimitSettings.V2Name(controller);
        if (version == CgroupVersion.V2 && member is not null
            && !ControlText.HasWord(member.Directory.TryRead("cgroup.controllers"), name))
        {
            string path = member.Directory.Path[(hierarchy.V2.Path.Length + 1)..];
            SandboxParent.Enable(hierarchy.V2, path[..path.LastIndexOf('/')], [name]);
        }

        return member;
    }

    /// <summary>On v1, memory and memory with swap bound each other: where one cannot come first, the other does.</summary>
    private static void Apply(
        CgroupDirectory group, LimitSetting setting, List<(CgroupDirectory Group, LimitSetting Setting)> settings)
    {
        try
        {
            setting.Apply(group);
        }
        catch (SyscallException exception) when (exception.Errno == Errno.EINVAL && setting.File == "memory.limit_in_bytes")
        {
            settings.Find(static each => each.Setting.File == "memory.memsw.limit_in_bytes").Setting?.Apply(group);
            setting.Apply(group);
        }
    }
}
