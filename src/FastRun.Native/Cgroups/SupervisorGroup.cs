using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Native.Cgroups;

/// <summary>
/// The group of the processes that hold containers: of our own, so that what ends the group that a command came from (the job of
/// a CI runner, a session) does not end the containers that the command started.
/// </summary>
public static class SupervisorGroup
{
    /// <summary>Its name below our own top.</summary>
    internal const string Name = "supervisors";

    // systemd of a host that has v1 only tracks processes in a hierarchy without a controller.
    internal const string Systemd = "name=systemd";
    private const int Attempts = 5;

    /// <summary>
    /// Starts a process in the group of v2. Born there, it need not move: a move of a process, into whatever group, waits for an
    /// RCU grace period, some ten milliseconds. Where it may not be there, it is started in the caller's group.
    /// </summary>
    /// <param name="hierarchy">Where the group is.</param>
    /// <param name="tape">What the process does.</param>
    /// <param name="report">How far it came.</param>
    /// <exception cref="SyscallException">There is no process left.</exception>
    public static ChildProcess Launch(CgroupHierarchy hierarchy, LaunchTape tape, out ChildReport report)
    {
        System.ArgumentNullException.ThrowIfNull(hierarchy);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                using CgroupDirectory group = Open(hierarchy.V2);
                return ChildProcess.Launch(tape, CloneFlags.None, group.Handle, out report);
            }
            catch (SyscallException exception) when (IsGone(exception))
            {
                // A collector has removed the empty group in between: it is made again.
            }
            catch (SyscallException)
            {
                break;
            }
        }

        return ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out report);
    }

    /// <summary>
    /// Moves this process to the group of systemd's own v1 hierarchy, where systemd tracks in that what belongs to a unit: where v2 is
    /// mounted nowhere. The groups of v1 controllers stay: what they limit or count for the caller holds for its containers.
    /// Where it cannot be moved it stays where it is.
    /// </summary>
    public static void TryEnterSystemd(CgroupHierarchy hierarchy)
    {
        System.ArgumentNullException.ThrowIfNull(hierarchy);
        if (!hierarchy.V2IsMounted && hierarchy.V1(Systemd) is { } systemd)
        {
            TryEnter(systemd);
        }
    }

    /// <summary>Removes the group where nobody is in it.</summary>
    internal static void Prune(CgroupDirectory root)
    {
        using CgroupDirectory? top = root.TryOpenChild(SandboxParent.Top);
        if (top is not null)
        {
            top.TryRemoveChild(Name);
        }

        root.TryRemoveChild(SandboxParent.Top);
    }

    private static void TryEnter(CgroupDirectory root)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                using CgroupDirectory group = Open(root);
                if (group.TryWrite("cgroup.procs", "0") != Errno.ENODEV)
                {
                    return;
                }
            }
            catch (SyscallException exception) when (IsGone(exception))
            {
            }
            catch (SyscallException)
            {
                return;
            }
        }
    }

    private static CgroupDirectory Open(CgroupDirectory root)
    {
        using CgroupDirectory top = root.OpenOrMakeChild(SandboxParent.Top, out _);
        return top.OpenOrMakeChild(Name, out _);
    }

    private static bool IsGone(SyscallException exception) => exception.Errno is Errno.ENOENT or Errno.ENODEV;
}
