namespace FastRun.Layers.Images.Pushing;

/// <summary>What happens to a layer that is pushed.</summary>
public enum PushState
{
    /// <summary>Nothing yet.</summary>
    Pending,

    /// <summary>The registry is asked whether it has it, or can take it from another repository.</summary>
    Checking,

    /// <summary>It is being sent.</summary>
    Pushing,

    /// <summary>It was sent.</summary>
    Pushed,

    /// <summary>The repository had it.</summary>
    Exists,

    /// <summary>The registry took it from another of its repositories.</summary>
    Mounted,

    /// <summary>It is one that registries do not hand out, and stays where it is.</summary>
    Skipped,

    /// <summary>It could not be had or sent.</summary>
    Failed,
}
