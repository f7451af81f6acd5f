namespace FastRun.Engine.Containers.Syntax;

/// <summary>The restart policies of Docker.</summary>
public enum RestartPolicyName
{
    /// <summary>Never.</summary>
    No,

    /// <summary>Whenever it ended, and when the engine's host starts.</summary>
    Always,

    /// <summary>As always, but not once somebody has stopped it.</summary>
    UnlessStopped,

    /// <summary>When its exit code was not 0.</summary>
    OnFailure,
}
