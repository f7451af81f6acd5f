using System;
using FastRun.Engine.Containers.Records;

namespace FastRun.Documents;

/// <summary>What a container is doing, in the words of <c>docker ps</c>.</summary>
internal static class ContainerStatusText
{
    internal static string Of(ContainerState state, DateTimeOffset now) => state.Status switch
    {
        ContainerStatus.Created => "Created",
        ContainerStatus.Running => $"Up {Since(state.StartedAt, now)}{Health(state)}",
        ContainerStatus.Paused => $"Up {Since(state.StartedAt, now)} (Paused)",
        ContainerStatus.Restarting => $"Restarting ({state.ExitCode}) {Since(state.FinishedAt, now)} ago",
        ContainerStatus.Removing => "Removal In Progress",
        ContainerStatus.Dead => "Dead",
        _ => $"Exited ({state.ExitCode}) {Since(state.FinishedAt, now)} ago",
    };

    private static string Health(ContainerState state) => state.Health switch
    {
        null => "",
        { Status: HealthStatus.Starting } => " (health: starting)",
        { Status: var status } => $" ({status})",
    };

    private static string Since(DateTimeOffset? time, DateTimeOffset now) => HumanUnits.Duration(now - (time ?? now));
}
