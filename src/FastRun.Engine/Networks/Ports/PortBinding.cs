namespace FastRun.Engine.Networks.Ports;

/// <summary>A port to be published, as it was asked for (<c>-p</c>).</summary>
/// <param name="HostAddress">The host's address; empty for all of them.</param>
/// <param name="FirstHostPort">The first of the host's ports that may be taken; 0 for any.</param>
/// <param name="LastHostPort">The last of them.</param>
/// <param name="ContainerPort">The container's port.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
public sealed record PortBinding(string HostAddress, ushort FirstHostPort, ushort LastHostPort, ushort ContainerPort, string Protocol);
