using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>A container's probe (Engine API, HealthConfig). Durations are nanoseconds.</summary>
public sealed class InspectedHealthcheck
{
    /// <summary><c>NONE</c>, <c>CMD</c> or <c>CMD-SHELL</c>, and the arguments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Test { get; init; }

    /// <summary>Between two probes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Interval { get; init; }

    /// <summary>Until a probe counts as failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Timeout { get; init; }

    /// <summary>How long failures do not count after the start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StartPeriod { get; init; }

    /// <summary>Between two probes during the start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StartInterval { get; init; }

    /// <summary>Failures in a row until the container is unhealthy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Retries { get; init; }
}
