using System.Collections.Generic;

namespace FastRun.Layers.Oci;

/// <summary>Docker's health probe. Durations are nanoseconds.</summary>
public sealed record HealthcheckConfig
{
    /// <summary><c>NONE</c>, <c>CMD</c> or <c>CMD-SHELL</c>, and the arguments.</summary>
    public IReadOnlyList<string>? Test { get; init; }

    /// <summary>Between two probes.</summary>
    public long? Interval { get; init; }

    /// <summary>Until a probe counts as failed.</summary>
    public long? Timeout { get; init; }

    /// <summary>How long failures do not count after the start.</summary>
    public long? StartPeriod { get; init; }

    /// <summary>Between two probes during the start.</summary>
    public long? StartInterval { get; init; }

    /// <summary>Failures in a row until the container is unhealthy.</summary>
    public int? Retries { get; init; }
}
