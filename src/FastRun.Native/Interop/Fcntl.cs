using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/fcntl.h</c>, <c>linux/stat.h</c>, <c>linux/fs.h</c> and <c>linux/xattr.h</c>.</summary>
internal static class Fcntl
{
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_REMOVEDIR = 0x200;
    internal const int AT_SYMLINK_FOLLOW = 0x400;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_BASIC_STATS = 0x7FF;
    internal const uint STATX_MNT_ID = 0x1000;
    internal const int LOCK_SH = 1;
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int LOCK_UN = 8;
    internal const int SEEK_SET = 0;
    internal const int SEEK_DATA = 3;
    internal const int SEEK_HOLE = 4;
    internal const int FICLONE = 0x40049409;
    internal const int PATH_MAX = 4096;
    internal const int XATTR_SIZE_MAX = 65536;
    internal const int XATTR_LIST_MAX = 65536;
}

/// <summary><c>struct open_how</c> of <c>linux/openat2.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal struct open_how
{
    internal ulong flags;
    internal ulong mode;
    internal ulong resolve;
}

/// <summary><c>struct statx_timestamp</c> of <c>linux/stat.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct statx_timestamp
{
    internal long tv_sec;
    internal uint tv_nsec;
    private readonly int _reserved;
}

/// <summary><c>struct statx</c> of <c>linux/stat.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct struct_statx
{
    internal uint stx_mask;
    internal uint stx_blksize;
    internal ulong stx_attributes;
    internal uint stx_nlink;
    internal uint stx_uid;
    internal uint stx_gid;
    internal ushort stx_mode;
    private readonly ushort _spare0;
    internal ulong stx_ino;
    internal ulong stx_size;
    internal ulong stx_blocks;
    internal ulong stx_attributes_mask;
    internal statx_timestamp stx_atime;
    internal statx_timestamp stx_btime;
    internal statx_timestamp stx_ctime;
    internal statx_timestamp stx_mtime;
    internal uint stx_rdev_major;
    internal uint stx_rdev_minor;
    internal uint stx_dev_major;
    internal uint stx_dev_minor;
    internal ulong stx_mnt_id;
}

/// <summary><c>struct __kernel_timespec</c> of <c>linux/time_types.h</c>, 64-bit.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct __kernel_timespec
{
    internal long tv_sec;
    internal long tv_nsec;
}
