namespace FastRun.Engine.Build;

/// <summary>What becomes of what is built (<c>--output type=...</c>).</summary>
public enum BuildOutputKind
{
    /// <summary>An image on this machine.</summary>
    Image,

    /// <summary>Nothing: what is built stays in the cache.</summary>
    None,

    /// <summary>The files, in a directory.</summary>
    Local,

    /// <summary>The files, in a tar.</summary>
    Tar,

    /// <summary>The image, in an archive that Docker loads.</summary>
    Docker,

    /// <summary>The image, in an archive with an OCI layout.</summary>
    Oci,
}
