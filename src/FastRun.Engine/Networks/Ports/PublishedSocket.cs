using System;
using System.Globalization;
using System.Net;
using FastRun.Native;

namespace FastRun.Engine.Networks.Ports;

/// <summary>A claim as the process that holds it is told it: <c>tcp/0.0.0.0/8080/10.210.0.2/80/DESCRIPTOR</c>.</summary>
internal static class PublishedSocket
{
    private const int Parts = 6;

    /// <summary>Writes one.</summary>
    internal static string Text(PortClaim claim)
    {
        PublishedPort port = claim.Port;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{port.ProtocolName}/{port.HostAddress}/{port.HostPort}/{port.Container}/{port.ContainerPort}/{claim.Socket.Number}");
    }

    /// <summary>Reads one, and takes the descriptor; null where it is none.</summary>
    internal static PortClaim? TryParse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == Parts
            && PublishedPort.ProtocolOf(parts[0]) is { } protocol
            && IPAddress.TryParse(parts[1], out IPAddress? host)
            && TryPort(parts[2], out ushort hostPort)
            && IPAddress.TryParse(parts[3], out IPAddress? container)
            && TryPort(parts[4], out ushort containerPort)
            && int.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) && descriptor > 2
            ? new PortClaim(new PublishedPort(protocol, host, hostPort, container, containerPort), new Fd(descriptor))
            : null;
    }

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
