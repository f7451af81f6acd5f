namespace FastRun.Engine.Containers.Syntax;

/// <summary>When a container that ended is started again (Engine API, RestartPolicy).</summary>
/// <param name="Name">When.</param>
/// <param name="MaximumRetryCount">With <see cref="RestartPolicyName.OnFailure"/>: how often at most; 0 for no limit.</param>
public sealed record RestartPolicy(RestartPolicyName Name, int MaximumRetryCount = 0)
{
    /// <summary>Never.</summary>
    public static RestartPolicy No { get; } = new(RestartPolicyName.No);
}
