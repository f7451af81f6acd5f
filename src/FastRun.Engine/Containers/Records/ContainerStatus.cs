namespace FastRun.Engine.Containers.Records;

/// <summary>What a container is doing, in Docker's words (Engine API, ContainerState).</summary>
public enum ContainerStatus
{
    /// <summary>It was never started.</summary>
    Created,

    /// <summary>Its first process runs.</summary>
    Running,

    /// <summary>Its processes are frozen.</summary>
    Paused,

    /// <summary>It ended, and its restart policy starts it again.</summary>
    Restarting,

    /// <summary>It ended.</summary>
    Exited,

    /// <summary>It is being removed.</summary>
    Removing,

    /// <summary>It could not be removed whole.</summary>
    Dead,
}
