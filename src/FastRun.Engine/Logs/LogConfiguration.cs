using System.Collections.Generic;

namespace FastRun.Engine.Logs;

/// <summary>How a container's output is kept (Engine API, HostConfig.LogConfig).</summary>
/// <param name="Driver"><c>json-file</c>, <c>local</c> or <c>none</c>.</param>
/// <param name="Options">The driver's options, such as <c>max-size</c>.</param>
public sealed record LogConfiguration(string Driver, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>The driver of a container that names none.</summary>
    public const string DefaultDriver = "json-file";
}
