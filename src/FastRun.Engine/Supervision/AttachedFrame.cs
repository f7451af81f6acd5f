namespace FastRun.Engine.Supervision;

/// <summary>What comes from a container that somebody is attached to.</summary>
public enum AttachedFrame
{
    /// <summary>Bytes of its standard output, or of its terminal.</summary>
    Stdout,

    /// <summary>Bytes of its standard error.</summary>
    Stderr,

    /// <summary>It has ended.</summary>
    Exited,

    /// <summary>Its supervisor was killed.</summary>
    Lost,
}
