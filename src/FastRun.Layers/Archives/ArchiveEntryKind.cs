namespace FastRun.Layers.Archives;

/// <summary>What an entry is.</summary>
public enum ArchiveEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>Another name of a file that was there before.</summary>
    HardLink,
}
