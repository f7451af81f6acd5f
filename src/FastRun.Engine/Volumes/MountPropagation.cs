namespace FastRun.Engine.Volumes;

/// <summary>How mount events pass between host and container (mount_namespaces(7)).</summary>
public enum MountPropagation
{
    /// <summary>Not at all, for the whole tree: the default.</summary>
    RPrivate,

    /// <summary>Not at all, for the topmost mount.</summary>
    Private,

    /// <summary>Both ways, for the whole tree.</summary>
    RShared,

    /// <summary>Both ways, for the topmost mount.</summary>
    Shared,

    /// <summary>From the host only, for the whole tree.</summary>
    RSlave,

    /// <summary>From the host only, for the topmost mount.</summary>
    Slave,
}
