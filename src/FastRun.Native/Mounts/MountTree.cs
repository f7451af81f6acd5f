using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Mounts;

/// <summary>Mount trees held by descriptor: attached nowhere until a launch tape moves them.</summary>
public static unsafe class MountTree
{
    /// <summary>mount(2) takes a page of 4 KiB with a terminating NUL.</summary>
    private const int OptionsLimit = 4095;

    /// <summary>Clones the mount at what a descriptor names (open_tree(2) with OPEN_TREE_CLONE).</summary>
    /// <param name="at">An O_PATH or other descriptor.</param>
    /// <param name="recursive">Also clone the mounts below.</param>
    /// <exception cref="SyscallException">EINVAL where the mount is unbindable or belongs to another namespace.</exception>
    public static Fd Clone(Fd at, bool recursive)
    {
        byte empty = 0;
        int flags = Mount.OPEN_TREE_CLONE | Mount.OPEN_TREE_CLOEXEC | Mount.AT_EMPTY_PATH;
        return Fd.FromResult(
            Kernel.fast_syscall(
                Sys.open_tree, at.Number, (nint)(&empty), recursive ? flags | Mount.AT_RECURSIVE : flags, 0, 0, 0),
            "open_tree");
    }

    /// <summary>Clones the mount at an absolute path of the host.</summary>
    /// <exception cref="SyscallException">The path does not exist, or EINVAL as above.</exception>
    public static Fd Clone(string path, bool recursive)
    {
        using CString text = new(path, stackalloc byte[512]);
        int flags = Mount.OPEN_TREE_CLONE | Mount.OPEN_TREE_CLOEXEC;
        return Fd.FromResult(
            Kernel.fast_syscall(
                Sys.open_tree,
                Mount.AT_FDCWD,
                text.Address,
                recursive ? flags | Mount.AT_RECURSIVE : flags,
                0,
                0,
                0),
            "open_tree",
            path);
    }

    /// <summary>Attaches a detached mount at an absolute path (move_mount(2)).</summary>
    /// <exception cref="SyscallException">The path does not exist, or the mount is no longer detached.</exception>
    public static void Attach(Fd mount, string path)
    {
        byte empty = 0;
        using CString text = new(path, stackalloc byte[512]);
        SyscallException.Check(
            Kernel.fast_syscall(
                Sys.move_mount,
                mount.Number,
                (nint)(&empty),
                Mount.AT_FDCWD,
                text.Address,
                Mount.MOVE_MOUNT_F_EMPTY_PATH,
                0),
            "move_mount",
            path);
    }

    /// <summary>Attaches a detached mount at what a descriptor names, in the caller's mount namespace.</summary>
    /// <exception cref="SyscallException">The place is no directory where the mount is one, or the other way round.</exception>
    public static void Attach(Fd mount, Fd at)
    {
        byte empty = 0;
        SyscallException.Check(
            Kernel.fast_syscall(
                Sys.move_mount,
                mount.Number,
                (nint)(&empty),
                at.Number,
                (nint)(&empty),
                Mount.MOVE_MOUNT_F_EMPTY_PATH | Mount.MOVE_MOUNT_T_EMPTY_PATH,
                0),
            "move_mount");
    }

    /// <summary>
    /// Makes a file system and attaches it at a path, with all options as one text (mount(2)): at most 4,095 bytes, where
    /// an option of <see cref="FilesystemContext"/> has at most 255.
    /// </summary>
    /// <exception cref="SyscallException">The options are wrong, too long, or a path in them does not exist.</exception>
    public static void AttachNew(string type, string path, string options, bool readOnly)
    {
        if (Encoding.UTF8.GetByteCount(options) > OptionsLimit)
        {
            throw new SyscallException("mount", Errno.E2BIG, type);
        }

        using CString name = new(type, stackalloc byte[64]);
        using CString source = new("none", stackalloc byte[64]);
        using CString target = new(path, stackalloc byte[512]);
        using CString data = new(options, stackalloc byte[512]);
        SyscallException.Check(
            Kernel.syscall(
                Sys.mount, source.Address, target.Address, name.Address, readOnly ? Mount.MS_RDONLY : 0, data.Address, 0),
            "mount",
            type);
    }

    /// <summary>Changes attributes of a mount or, recursively, of its tree (mount_setattr(2)).</summary>
    /// <param name="mount">The mount.</param>
    /// <param name="set">Attributes to set.</param>
    /// <param name="propagation">The new propagation.</param>
    /// <param name="recursive">Also for the mounts below.</param>
    /// <param name="userNamespace">With <see cref="MountAttributes.IdMap"/>: the user namespace whose map applies.</param>
    /// <exception cref="SyscallException">EINVAL where the file system cannot be idmapped.</exception>
    public static void SetAttributes(
        Fd mount,
        MountAttributes set,
        Propagation propagation = Propagation.Unchanged,
        bool recursive = false,
        Fd? userNamespace = null)
    {
        byte empty = 0;
        mount_attr attributes = new()
        {
            attr_set = (ulong)set,
            propagation = (ulong)propagation,
            userns_fd = userNamespace is null ? 0 : (ulong)userNamespace.Number,
        };
        SyscallException.Check(
            Kernel.fast_syscall(
                Sys.mount_setattr,
                mount.Number,
                (nint)(&empty),
                Mount.AT_EMPTY_PATH | (recursive ? Mount.AT_RECURSIVE : 0),
                (nint)(&attributes),
                sizeof(mount_attr),
                0),
            "mount_setattr");
    }
}
