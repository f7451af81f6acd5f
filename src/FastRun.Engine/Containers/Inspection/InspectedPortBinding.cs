namespace FastRun.Engine.Containers.Inspection;

/// <summary>A port of the host (Engine API, PortBinding).</summary>
/// <param name="HostIp">Its address; empty for all.</param>
/// <param name="HostPort">The port, or the range that it is chosen from; empty for any.</param>
public sealed record InspectedPortBinding(string HostIp, string HostPort);
