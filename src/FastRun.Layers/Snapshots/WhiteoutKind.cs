namespace FastRun.Layers.Snapshots;

/// <summary>What a whiteout hides.</summary>
internal enum WhiteoutKind
{
    /// <summary>One name.</summary>
    File,

    /// <summary>All that layers below have in its directory.</summary>
    Opaque,

    /// <summary>Nothing: AUFS's own files.</summary>
    Ignored,
}
