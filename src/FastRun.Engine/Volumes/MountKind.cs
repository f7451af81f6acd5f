namespace FastRun.Engine.Volumes;

/// <summary>What a mount is made from.</summary>
public enum MountKind
{
    /// <summary>A path of the host.</summary>
    Bind,

    /// <summary>A named or anonymous volume.</summary>
    Volume,

    /// <summary>Memory.</summary>
    Tmpfs,
}
