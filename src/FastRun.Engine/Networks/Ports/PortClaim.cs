using FastRun.Native;

namespace FastRun.Engine.Networks.Ports;

/// <summary>A port of the host that is claimed.</summary>
/// <param name="Port">The port.</param>
/// <param name="Socket">What holds it.</param>
internal sealed record PortClaim(PublishedPort Port, Fd Socket);
