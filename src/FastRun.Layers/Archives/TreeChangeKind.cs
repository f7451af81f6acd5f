namespace FastRun.Layers.Archives;

/// <summary>What has happened to a path (Engine API, ContainerChanges).</summary>
public enum TreeChangeKind
{
    /// <summary>It was changed, or something in the directory was.</summary>
    Modified = 0,

    /// <summary>It was added.</summary>
    Added = 1,

    /// <summary>It was deleted.</summary>
    Deleted = 2,
}
