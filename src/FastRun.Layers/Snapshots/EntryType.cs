namespace FastRun.Layers.Snapshots;

/// <summary>What an entry of a layer makes.</summary>
public enum EntryType
{
    /// <summary>A regular file with content.</summary>
    File,

    /// <summary>Another name of an entry.</summary>
    HardLink,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Fifo,
}
