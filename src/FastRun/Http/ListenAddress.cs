using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FastRun.Engine.Errors;

namespace FastRun.Http;

/// <summary>Where a server listens, as users write it: <c>127.0.0.1:5000</c>, <c>localhost:5000</c>, <c>[::1]:5000</c>, <c>:5000</c> for all interfaces.</summary>
internal static class ListenAddress
{
    /// <exception cref="EngineException">It is none.</exception>
    internal static IPEndPoint Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw Invalid(text);
        }

        if (host.Length == 0)
        {
            return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);
        }

        if (host == "localhost")
        {
            return new IPEndPoint(IPAddress.Loopback, port);
        }

        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        return IPAddress.TryParse(isBracketed ? host[1..^1] : host, out IPAddress? address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6) == isBracketed
            ? new IPEndPoint(address, port)
            : throw Invalid(text);
    }

    private static EngineException Invalid(string text) =>
        EngineException.Invalid($"invalid address to listen at: '{text}': it must be ADDRESS:PORT, [ADDRESS]:PORT or :PORT");
}
