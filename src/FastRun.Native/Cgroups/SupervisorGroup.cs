namespace FastRun.Native.Cgroups;

/// <summary>
/// The group of the processes that hold containers: of our own, so that what ends the group that a command came from (the job of
/// a CI runner, a session) does not end the containers that the command started.
/// </summary>
public static class SupervisorGroup
{
    /// <summary>Its name below our own top.</summary>
    internal const string Name = "supervisors";

    // systemd of a hybrid host tracks processes in a v1 hierarchy without a controller.
    internal const string Systemd = "name=systemd";
    private const int Attempts = 5;

    /// <summary>
    /// Moves this process there, in v2 and in systemd's own v1 hierarchy. The groups of v1 controllers stay: what they limit or
    /// count for the caller holds for its containers. Where it cannot be moved it stays where it is.
    /// </summary>
    public static void TryEnter(CgroupHierarchy hierarchy)
    {
        System.ArgumentNullException.ThrowIfNull(hierarchy);
        TryEnter(hierarchy.V2);
        if (hierarchy.V1(Systemd) is { } systemd)
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
                using CgroupDirectory top = root.OpenOrMakeChild(SandboxParent.Top, out _);
                using CgroupDirectory group = top.OpenOrMakeChild(Name, out _);
                if (group.TryWrite("cgroup.procs", "0") != Errno.ENODEV)
                {
                    return;
                }
            }
            catch (SyscallException exception) when (exception.Errno is Errno.ENOENT or Errno.ENODEV)
            {
                // A collector has removed the empty group in between: it is made again.
            }
            catch (SyscallException)
            {
                return;
            }
        }
    }
}
