using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/mount.h</c>.</summary>
internal static class Mount
{
    internal const int MS_RDONLY = 1;
    internal const int MS_REC = 0x4000;
    internal const int MS_PRIVATE = 0x40000;
    internal const int MS_SLAVE = 0x80000;
    internal const int MS_SHARED = 0x100000;

    internal const int FSOPEN_CLOEXEC = 1;
    internal const int FSMOUNT_CLOEXEC = 1;
    internal const int FSCONFIG_SET_FLAG = 0;
    internal const int FSCONFIG_SET_STRING = 1;
    internal const int FSCONFIG_SET_FD = 5;
    internal const int FSCONFIG_CMD_CREATE = 6;

    internal const int OPEN_TREE_CLONE = 1;
    internal const int OPEN_TREE_CLOEXEC = 0x80000;
    internal const int AT_RECURSIVE = 0x8000;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_FDCWD = -100;

    internal const int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    internal const int MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    internal const int MNT_DETACH = 2;
}

/// <summary><c>struct mount_attr</c> of <c>linux/mount.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct mount_attr
{
    internal ulong attr_set;
    internal ulong attr_clr;
    internal ulong propagation;
    internal ulong userns_fd;
}
