using System;

namespace FastRun.Native.Mounts;

/// <summary>Per-mount attributes, <c>MOUNT_ATTR_*</c> of mount_setattr(2).</summary>
[Flags]
public enum MountAttributes : ulong
{
    /// <summary>None: relative atime.</summary>
    None = 0,

    /// <summary>MOUNT_ATTR_RDONLY.</summary>
    ReadOnly = 1,

    /// <summary>MOUNT_ATTR_NOSUID.</summary>
    NoSuid = 2,

    /// <summary>MOUNT_ATTR_NODEV.</summary>
    NoDev = 4,

    /// <summary>MOUNT_ATTR_NOEXEC.</summary>
    NoExec = 8,

    /// <summary>MOUNT_ATTR_NOATIME.</summary>
    NoAtime = 0x10,

    /// <summary>MOUNT_ATTR_STRICTATIME.</summary>
    StrictAtime = 0x20,

    /// <summary>MOUNT_ATTR_NODIRATIME.</summary>
    NoDirAtime = 0x80,

    /// <summary>MOUNT_ATTR_IDMAP.</summary>
    IdMap = 0x100000,

    /// <summary>MOUNT_ATTR_NOSYMFOLLOW.</summary>
    NoSymlinkFollow = 0x200000,
}
