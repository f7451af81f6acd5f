namespace FastRun.Cli.Completion;

/// <summary>What stands where a word is completed.</summary>
[System.Flags]
internal enum CompletionKind
{
    /// <summary>Nothing that is known.</summary>
    None = 0,

    /// <summary>The name of a container.</summary>
    Containers = 1,

    /// <summary>The name of an image.</summary>
    Images = 2,

    /// <summary>The name of a volume.</summary>
    Volumes = 4,

    /// <summary>The name of a command.</summary>
    Commands = 8,

    /// <summary>The name of a network.</summary>
    Networks = 32,

    /// <summary>The name of a snapshot.</summary>
    Snapshots = 64,

    /// <summary>A file, which the shell knows best.</summary>
    Files = 16,
}
