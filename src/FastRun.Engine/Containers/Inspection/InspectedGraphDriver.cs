using System.Collections.Generic;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>Where a container's files are on the host (Engine API, DriverData).</summary>
/// <param name="Data">LowerDir (the layers, topmost first), UpperDir, WorkDir, and MergedDir, which no host directory is.</param>
/// <param name="Name">The storage driver.</param>
public sealed record InspectedGraphDriver(IReadOnlyDictionary<string, string> Data, string Name = InspectedGraphDriver.Overlay)
{
    internal const string Overlay = "overlay";
}
