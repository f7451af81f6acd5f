namespace FastRun.Engine.Build.Calls;

/// <summary>What is asked of a Dockerfile (<c>docker build --call</c>).</summary>
public enum BuildCall
{
    /// <summary>To be built.</summary>
    Build,

    /// <summary>What Docker's build checks find.</summary>
    Check,

    /// <summary>What the target takes: arguments, secrets, agents.</summary>
    Outline,

    /// <summary>Which stages there are.</summary>
    Targets,
}
