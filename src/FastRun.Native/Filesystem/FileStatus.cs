namespace FastRun.Native.Filesystem;

/// <summary>What statx(2) tells of a file.</summary>
public readonly record struct FileStatus
{
    private const int TypeMask = 0xF000;

    /// <summary>Type and permission bits.</summary>
    public required int Mode { get; init; }

    /// <summary>The owner.</summary>
    public required uint Uid { get; init; }

    /// <summary>The owning group.</summary>
    public required uint Gid { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Blocks of 512 bytes that are allocated.</summary>
    public required long Blocks { get; init; }

    /// <summary>The inode's number in its file system.</summary>
    public required ulong Inode { get; init; }

    /// <summary>The file system's device number, major in the upper half.</summary>
    public required ulong Device { get; init; }

    /// <summary>The device that a device node stands for.</summary>
    public required DeviceNumber Node { get; init; }

    /// <summary>Number of names.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>When the content changed last.</summary>
    public required FileTime Modified { get; init; }

    /// <summary>When the inode changed last.</summary>
    public required FileTime Changed { get; init; }

    /// <summary>The mount that it was reached through.</summary>
    public required ulong MountId { get; init; }

    /// <summary>The type bits.</summary>
    public FileType Type => (FileType)(Mode & TypeMask);

    /// <summary>The permission bits with set-uid, set-gid and sticky.</summary>
    public int Permissions => Mode & 0xFFF;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Type == FileType.Directory;

    /// <summary>Whether both are the same inode.</summary>
    public bool IsSameFile(in FileStatus other) => Inode == other.Inode && Device == other.Device;
}
