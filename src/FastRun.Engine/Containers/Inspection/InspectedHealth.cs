using System.Collections.Generic;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>How a container's probes go (Engine API, Health).</summary>
/// <param name="Status">starting, healthy or unhealthy.</param>
/// <param name="FailingStreak">How many failures in a row there were last.</param>
/// <param name="Log">The last probes, the oldest first.</param>
public sealed record InspectedHealth(string Status, int FailingStreak, IReadOnlyList<InspectedProbe> Log);
