
namespace FastRun.Engine.Containers.Inspection;

/// <summary>A resource limit (Engine API, Ulimit).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hard">The hard limit; -1 for unlimited.</param>
/// <param name="Soft">The soft limit; -1 for unlimited.</param>
public sealed record InspectedUlimit(string Name, long Hard, long Soft);
