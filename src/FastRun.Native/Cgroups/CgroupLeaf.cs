using System;
using System.Globalization;

namespace FastRun.Native.Cgroups;

/// <summary>
/// The group for the processes of a group that has controllers enabled for its children, and so can hold none itself
/// (cgroup-v2.rst, "No Internal Process Constraint").
/// </summary>
internal static class CgroupLeaf
{
    /// <summary>Its name, the one that other engines use.</summary>
    internal const string Name = "init";

    /// <summary>Moves this process out of a group's way, where it is the only one in it. Others are never moved.</summary>
    /// <returns>Whether the group holds no process any more.</returns>
    internal static bool TryMoveThisProcess(CgroupDirectory group)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (group.TryRead("cgroup.procs") != own)
        {
            return false;
        }

        using CgroupDirectory leaf = group.OpenOrMakeChild(Name, out _);
        return leaf.TryWrite("cgroup.procs", own) == Errno.None;
    }
}
