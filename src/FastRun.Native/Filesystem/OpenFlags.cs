using System;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Flags of openat2(2). The values are x86-64's; <see cref="OpenFlagValues"/> gives arm64 its own.
/// Close-on-exec is always added.
/// </summary>
[Flags]
public enum OpenFlags
{
    /// <summary>O_RDONLY.</summary>
    Read = 0,

    /// <summary>O_WRONLY.</summary>
    Write = 0x1,

    /// <summary>O_RDWR.</summary>
    ReadWrite = 0x2,

    /// <summary>O_CREAT.</summary>
    Create = 0x40,

    /// <summary>O_EXCL: with <see cref="Create"/>, fail where the name exists.</summary>
    Exclusive = 0x80,

    /// <summary>O_NOCTTY.</summary>
    NoControllingTerminal = 0x100,

    /// <summary>O_TRUNC.</summary>
    Truncate = 0x200,

    /// <summary>O_APPEND.</summary>
    Append = 0x400,

    /// <summary>O_NONBLOCK.</summary>
    NonBlocking = 0x800,

    /// <summary>O_DIRECTORY: fail unless it is a directory.</summary>
    Directory = 0x10000,

    /// <summary>O_NOFOLLOW: the last component may not be a symbolic link (with <see cref="PathOnly"/>: is not followed).</summary>
    NoFollow = 0x20000,

    /// <summary>O_PATH: a descriptor that names the file without opening it.</summary>
    PathOnly = 0x200000,

    /// <summary>O_TMPFILE without its O_DIRECTORY: an unnamed file in the directory.</summary>
    Unnamed = 0x400000,
}
