
namespace FastRun.Engine.Containers.Inspection;

/// <summary>When a container is started again (Engine API, RestartPolicy).</summary>
/// <param name="Name">no, always, unless-stopped or on-failure.</param>
/// <param name="MaximumRetryCount">With on-failure: how often at most; 0 for no limit.</param>
public sealed record InspectedRestartPolicy(string Name, int MaximumRetryCount);
