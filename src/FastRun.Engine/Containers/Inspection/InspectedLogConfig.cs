using System.Collections.Generic;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>How a container's output is kept (Engine API, LogConfig).</summary>
/// <param name="Type">The driver.</param>
/// <param name="Config">The driver's options.</param>
public sealed record InspectedLogConfig(string Type, IReadOnlyDictionary<string, string> Config);
