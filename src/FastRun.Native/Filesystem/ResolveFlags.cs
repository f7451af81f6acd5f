using System;

namespace FastRun.Native.Filesystem;

/// <summary>How openat2(2) walks a path, <c>linux/openat2.h</c>.</summary>
[Flags]
public enum ResolveFlags
{
    /// <summary>As open(2) does.</summary>
    None = 0,

    /// <summary>RESOLVE_NO_XDEV: never cross a mount.</summary>
    NoMountCrossing = 0x01,

    /// <summary>RESOLVE_NO_MAGICLINKS: refuse the links of /proc that jump.</summary>
    NoMagicLinks = 0x02,

    /// <summary>RESOLVE_NO_SYMLINKS: refuse every symbolic link, in the last component too.</summary>
    NoSymbolicLinks = 0x04,

    /// <summary>RESOLVE_BENEATH: refuse what leads out of the directory.</summary>
    Beneath = 0x08,

    /// <summary>RESOLVE_IN_ROOT: the directory acts as the root, as after chroot(2).</summary>
    InRoot = 0x10,

    /// <summary>RESOLVE_CACHED: fail with EAGAIN rather than wait for a disk.</summary>
    Cached = 0x20,
}
