namespace FastRun.Engine.Containers.Inspection;

/// <summary>One probe (Engine API, HealthcheckResult).</summary>
/// <param name="Start">When it was started, RFC 3339.</param>
/// <param name="End">When it ended, RFC 3339.</param>
/// <param name="ExitCode">0 for healthy; -1 where it took too long.</param>
/// <param name="Output">The beginning of what it wrote.</param>
public sealed record InspectedProbe(string Start, string End, int ExitCode, string Output);
