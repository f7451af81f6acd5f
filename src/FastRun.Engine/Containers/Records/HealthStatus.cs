namespace FastRun.Engine.Containers.Records;

/// <summary>Docker's words for a container's health.</summary>
public static class HealthStatus
{
    /// <summary>It has no probe.</summary>
    public const string None = "none";

    /// <summary>No probe has succeeded yet, and not too many have failed.</summary>
    public const string Starting = "starting";

    /// <summary>The last probe succeeded, or not enough have failed since.</summary>
    public const string Healthy = "healthy";

    /// <summary>Too many probes in a row have failed.</summary>
    public const string Unhealthy = "unhealthy";
}
