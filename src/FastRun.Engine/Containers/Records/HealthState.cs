using System.Collections.Generic;

namespace FastRun.Engine.Containers.Records;

/// <summary>How a container's probes went (Engine API, Health).</summary>
public sealed record HealthState
{
    /// <summary>How many probes are kept.</summary>
    public const int MostKept = 5;

    /// <summary><c>starting</c>, <c>healthy</c> or <c>unhealthy</c>.</summary>
    public string Status { get; init; } = HealthStatus.Starting;

    /// <summary>How many failures in a row there were last.</summary>
    public int FailingStreak { get; init; }

    /// <summary>The last probes, the oldest first.</summary>
    public IReadOnlyList<HealthProbeResult> Log { get; init; } = [];
}
