using System;
using System.Collections.Generic;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>
/// The groups that sandboxes are made in, <c>fastrun/{default-N,custom}/{plain,limited}</c> on v2. Sandboxes below
/// <c>default-N</c> inherit its device program, so that the common launch loads none; only <c>limited</c> has controllers
/// enabled for its children, so that a sandbox without limits costs no controller state.
/// </summary>
internal static class SandboxParent
{
    /// <summary>The top of our own subtree.</summary>
    internal const string Top = "fastrun";

    /// <summary>The group with the default device program. Another program needs another name.</summary>
    internal const string Default = "default-1";

    /// <summary>The group of sandboxes that have a device program of their own, or none.</summary>
    internal const string Custom = "custom";

    /// <summary>Opens the group for a kind of sandbox, setting it up first where this is the first one since boot.</summary>
    /// <param name="root">The root of v2.</param>
    /// <param name="inheritsDevices">Whether its children are to inherit the default device program.</param>
    /// <param name="limited">Whether controllers will be enabled in it.</param>
    /// <param name="errno">Why the device program cannot be attached, where it cannot.</param>
    /// <returns>The group; null where the device program cannot be attached.</returns>
    internal static CgroupDirectory? TryOpen(CgroupDirectory root, bool inheritsDevices, bool limited, out Errno errno)
    {
        // The innermost group is made last, so that its existence says that all is set up: one openat(2) on most launches.
        errno = Errno.None;
        string leaf = Leaf(limited);
        return root.TryOpenChild($"{Top}/{(inheritsDevices ? Default : Custom)}/{leaf}")
            ?? SetUp(root, inheritsDevices, leaf, out errno);
    }

    /// <summary>Where the group of a sandbox can be, as locations of <see cref="Cgroup.Open"/>.</summary>
    internal static IEnumerable<string> Locations(string name)
    {
        foreach (string kind in (string[])[Default, Custom])
        {
            yield return $":{Top}/{kind}/{Leaf(limited: false)}/{name}";
            yield return $":{Top}/{kind}/{Leaf(limited: true)}/{name}";
        }
    }

    /// <summary>Removes the groups that hold no sandbox; the next launch makes them again.</summary>
    internal static void Prune(CgroupDirectory root)
    {
        using CgroupDirectory? top = root.TryOpenChild(Top);
        if (top is null)
        {
            return;
        }

        using (Fd? _ = Lock(top))
        {
            foreach (string kind in top.Children())
            {
                using CgroupDirectory? group = top.TryOpenChild(kind);
                foreach (string leaf in group?.Children() ?? [])
                {
                    group!.TryRemoveChild(leaf);
                }

                top.TryRemoveChild(kind);
            }
        }

        root.TryRemoveChild(Top);
    }

    /// <summary>Enables controllers for the children of the last of some nested groups.</summary>
    /// <param name="root">The root of v2.</param>
    /// <param name="path">The nested groups.</param>
    /// <param name="controllers">Those that must be enabled.</param>
    /// <exception cref="CgroupUnsupportedException">A group on the way holds processes itself.</exception>
    internal static void Enable(CgroupDirectory root, string path, IReadOnlyCollection<string> controllers)
    {
        using (CgroupDirectory? last = root.TryOpenChild(path))
        {
            string? enabled = last?.TryRead("cgroup.subtree_control");
            if (AllIn(enabled, controllers))
            {
                return;
            }
        }

        string value = "+" + string.Join(" +", controllers);
        string[] names = path.Split('/');
        for (int depth = 0; depth <= names.Length; depth++)
        {
            string name = string.Join('/', names[..depth]);
            using CgroupDirectory group = depth == 0
                ? root.Duplicate()
                : root.TryOpenChild(name) ?? throw new SyscallException("openat", Errno.ENOENT, root.Join(name));
            Errno errno = group.TryWrite("cgroup.subtree_control", value);
            if (errno == Errno.EBUSY && CgroupLeaf.TryMoveThisProcess(group))
            {
                errno = group.TryWrite("cgroup.subtree_control", value);
            }

            if (errno == Errno.EBUSY)
            {
                throw new CgroupUnsupportedException(
                    $"limit {string.Join(", ", controllers)} below {group.Path}",
                    "processes are in that cgroup itself (cgroup v2 enables controllers for children of empty groups only)",
                    hint: $"move them: mkdir {group.Join(CgroupLeaf.Name)} && "
                        + $"xargs -rn1 < {group.Join("cgroup.procs")} > {group.Join(CgroupLeaf.Name)}/cgroup.procs");
            }

            if (errno != Errno.None)
            {
                throw new SyscallException("write", errno, $"'{value}' to {group.Join("cgroup.subtree_control")}");
            }
        }
    }

    /// <summary>Enables the controllers for the children of nested groups that can be enabled, and does without the others.</summary>
    internal static void TryEnable(CgroupDirectory root, string path, IReadOnlyCollection<string> controllers)
    {
        foreach (string controller in controllers)
        {
            try
            {
                Enable(root, path, [controller]);
            }
            catch (Exception exception) when (exception is CgroupUnsupportedException or SyscallException)
            {
                // Nobody asked for this one: a sandbox inside the sandbox will say so if it needs it.
            }
        }
    }

    private static string Leaf(bool limited) => limited ? "limited" : "plain";

    private static CgroupDirectory? SetUp(CgroupDirectory root, bool inheritsDevices, string leaf, out Errno errno)
    {
        errno = Errno.None;
        using CgroupDirectory top = root.OpenOrMakeChild(Top, out _);
        using Fd? held = Lock(top);
        using CgroupDirectory group = top.OpenOrMakeChild(inheritsDevices ? Default : Custom, out _);
        if (inheritsDevices && !HasLeaf(group))
        {
            errno = DeviceProgram.TryAttach(group.Handle, DevicePolicy.Default.Rules!);
            if (errno != Errno.None)
            {
                return null;
            }
        }

        return group.OpenOrMakeChild(leaf, out _);
    }

    private static bool HasLeaf(CgroupDirectory group)
    {
        using CgroupDirectory? plain = group.TryOpenChild(Leaf(limited: false));
        using CgroupDirectory? limited = group.TryOpenChild(Leaf(limited: true));
        return plain is not null || limited is not null;
    }

    /// <summary>Whoever sets up or removes the groups holds this; whoever uses them need not.</summary>
    private static Fd? Lock(CgroupDirectory top)
    {
        Fd? directory = top.TryOpenFile(".", CgroupFs.O_RDONLY);
        if (directory is not null)
        {
            nint result;
            do
            {
                result = Kernel.syscall(Sys.flock, directory.Number, Fcntl.LOCK_EX, 0, 0, 0, 0);
            }
            while (result == -(int)Errno.EINTR);
        }

        return directory;
    }

    private static bool AllIn(string? list, IReadOnlyCollection<string> words)
    {
        foreach (string word in words)
        {
            if (!ControlText.HasWord(list, word))
            {
                return false;
            }
        }

        return true;
    }
}
