namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>What happens when two steps use a cache mount at once.</summary>
internal enum CacheSharing
{
    /// <summary>Both use it.</summary>
    Shared,

    /// <summary>The second one gets another.</summary>
    Private,

    /// <summary>The second one waits.</summary>
    Locked,
}
