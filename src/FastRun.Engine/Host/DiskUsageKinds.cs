using System;

namespace FastRun.Engine.Host;

/// <summary>The kinds of things that are kept on disk.</summary>
[Flags]
public enum DiskUsageKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Images and their layers.</summary>
    Images = 1,

    /// <summary>What containers and sandboxes wrote.</summary>
    Containers = 2,

    /// <summary>Volumes.</summary>
    Volumes = 4,

    /// <summary>What builds keep.</summary>
    BuildCache = 8,

    /// <summary>All of it.</summary>
    All = Images | Containers | Volumes | BuildCache,
}
