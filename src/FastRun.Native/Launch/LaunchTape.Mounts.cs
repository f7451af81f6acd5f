using FastRun.Native.Interop;
using FastRun.Native.Mounts;

namespace FastRun.Native.Launch;

/// <summary>Steps on mounts. Targets are descriptors or single names below one: no path is resolved through a tree.</summary>
public sealed unsafe partial class LaunchTape
{
    /// <summary>mount(2) that only sets the propagation of the whole tree at <c>/</c>.</summary>
    public void SetRootPropagation(Propagation propagation) =>
        Add(Sys.mount, 0, Text("/"), 0, Mount.MS_REC | (int)propagation, 0);

    /// <summary>fsopen(2).</summary>
    public void OpenFilesystem(string type, Slot context) =>
        Add(Sys.fsopen, Text(type), Mount.FSOPEN_CLOEXEC, result: context);

    /// <summary>fsconfig(2) that makes the file system, then fsmount(2) of its root; the context is closed.</summary>
    public void CreateMount(Slot context, MountAttributes attributes, Slot mount, Errno tolerated = Errno.None)
    {
        Add(Sys.fsconfig, context, Mount.FSCONFIG_CMD_CREATE, 0, 0, 0, tolerated: tolerated);
        Add(
            Sys.fsmount,
            context,
            Mount.FSMOUNT_CLOEXEC,
            (long)attributes,
            result: mount,
            tolerated: tolerated == Errno.None ? Errno.None : Errno.EINVAL);
        Close(context);
    }

    /// <summary>open_tree(2) with OPEN_TREE_CLONE of a path below a directory.</summary>
    public void CloneTree(TapeArgument directory, string path, Slot mount, Errno tolerated = Errno.None) =>
        Add(
            Sys.open_tree,
            directory,
            Text(path),
            Mount.OPEN_TREE_CLONE | Mount.OPEN_TREE_CLOEXEC | Mount.AT_RECURSIVE | Mount.AT_SYMLINK_NOFOLLOW
                | (path.Length == 0 ? Mount.AT_EMPTY_PATH : 0),
            result: mount,
            tolerated: tolerated);

    /// <summary>mount_setattr(2) of a mount and, where asked, of its tree.</summary>
    public void SetMountAttributes(
        TapeArgument mount,
        MountAttributes set,
        bool recursive = false,
        Propagation propagation = Propagation.Unchanged,
        Errno tolerated = Errno.None) =>
        Add(
            Sys.mount_setattr,
            mount,
            Text(""),
            Mount.AT_EMPTY_PATH | (recursive ? Mount.AT_RECURSIVE : 0),
            Structure(new mount_attr { attr_set = (ulong)set, propagation = (ulong)propagation }),
            sizeof(mount_attr),
            tolerated: tolerated);

    /// <summary>move_mount(2) of a mount onto what a descriptor names.</summary>
    public void MoveMount(TapeArgument mount, TapeArgument target) =>
        Add(
            Sys.move_mount,
            mount,
            Text(""),
            target,
            Text(""),
            Mount.MOVE_MOUNT_F_EMPTY_PATH | Mount.MOVE_MOUNT_T_EMPTY_PATH);

    /// <summary>
    /// move_mount(2) of a mount onto a path below a directory that only the engine has written to, such as a fresh proc.
    /// A target that does not exist, and a mount that an earlier tolerated step did not make, can be passed over.
    /// </summary>
    public void MoveMount(TapeArgument mount, TapeArgument directory, string path, bool optional) =>
        Add(
            Sys.move_mount,
            mount,
            Text(""),
            directory,
            Text(path),
            Mount.MOVE_MOUNT_F_EMPTY_PATH,
            tolerated: optional ? Errno.ENOENT : Errno.None,
            alsoTolerated: optional ? Errno.EBADF : Errno.None);

    /// <summary>
    /// Makes the current directory, a mount of its own, the root, and lets go of the former one: pivot_root(2) with both
    /// at "." stacks the former root on the new one, from where it is detached.
    /// </summary>
    public void PivotRoot()
    {
        nint here = Text(".");
        Add(Sys.pivot_root, here, here);
        Add(Sys.umount2, here, Mount.MNT_DETACH);
    }
}
