using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>What cgroup file systems are opened and told apart by: <c>linux/magic.h</c>, <c>linux/fcntl.h</c>.</summary>
internal static class CgroupFs
{
    internal const long CGROUP_SUPER_MAGIC = 0x27e0eb;
    internal const long CGROUP2_SUPER_MAGIC = 0x63677270;

    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_PATH = 0x200000;
    internal const int O_CLOEXEC = 0x80000;
}

/// <summary><c>struct statfs</c> of <c>asm/statfs.h</c>, 64-bit.</summary>
[StructLayout(LayoutKind.Sequential, Size = 120)]
internal struct struct_statfs
{
    internal long f_type;
    internal long f_bsize;
    internal ulong f_blocks;
    internal ulong f_bfree;
    internal ulong f_bavail;
}
