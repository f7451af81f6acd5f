using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>What a container is doing (Engine API, ContainerState).</summary>
public sealed class InspectedState
{
    /// <summary>created, running, paused, restarting, exited, removing or dead.</summary>
    public required string Status { get; init; }

    /// <summary>Whether it has processes, paused ones too, or is about to be restarted.</summary>
    public required bool Running { get; init; }

    /// <summary>Whether its processes are frozen.</summary>
    public required bool Paused { get; init; }

    /// <summary>Whether its restart policy is about to start it again.</summary>
    public required bool Restarting { get; init; }

    /// <summary>Whether the kernel killed a process of it for want of memory.</summary>
    [JsonPropertyName("OOMKilled")]
    public required bool OomKilled { get; init; }

    /// <summary>Whether it can only be removed.</summary>
    public required bool Dead { get; init; }

    /// <summary>Its first process; 0 where it has none.</summary>
    public required int Pid { get; init; }

    /// <summary>The exit code of its last run.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Why it could not be started; empty where it could.</summary>
    public required string Error { get; init; }

    /// <summary>When it was started last, RFC 3339.</summary>
    public required string StartedAt { get; init; }

    /// <summary>When it ended last, RFC 3339.</summary>
    public required string FinishedAt { get; init; }

    /// <summary>How its probes go; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InspectedHealth? Health { get; init; }
}
