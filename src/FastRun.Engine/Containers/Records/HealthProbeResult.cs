using System;

namespace FastRun.Engine.Containers.Records;

/// <summary>One probe (Engine API, HealthcheckResult).</summary>
/// <param name="Start">When it was started.</param>
/// <param name="End">When it ended.</param>
/// <param name="ExitCode">0 for healthy; -1 where it took too long.</param>
/// <param name="Output">The beginning of what it wrote.</param>
public sealed record HealthProbeResult(DateTimeOffset Start, DateTimeOffset End, int ExitCode, string Output);
