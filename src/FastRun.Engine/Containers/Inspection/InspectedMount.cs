using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>A bind or a volume of a container (Engine API, MountPoint).</summary>
public sealed class InspectedMount
{
    /// <summary>bind or volume.</summary>
    public required string Type { get; init; }

    /// <summary>The volume's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>The path on the host.</summary>
    public required string Source { get; init; }

    /// <summary>The path in the container.</summary>
    public required string Destination { get; init; }

    /// <summary>The volume's driver.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Driver { get; init; }

    /// <summary>The options, as -v takes them.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether it can be written.</summary>
    [JsonPropertyName("RW")]
    public required bool IsWritable { get; init; }

    /// <summary>How mounts propagate; empty for a volume.</summary>
    public required string Propagation { get; init; }
}
