using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>Ports of one protocol, <c>8080</c>, <c>8080-8090</c> or <c>53/udp</c>.</summary>
/// <param name="First">The first port.</param>
/// <param name="Last">The last one.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
internal readonly record struct PortRange(ushort First, ushort Last, string Protocol)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    internal static PortRange Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        ReadOnlySpan<char> ports = slash < 0 ? text : text.AsSpan(0, slash);
        int dash = ports.IndexOf('-');
        return protocol is "tcp" or "udp" or "sctp"
            && TryPort(dash < 0 ? ports : ports[..dash], out ushort first)
            && TryPort(dash < 0 ? ports : ports[(dash + 1)..], out ushort last)
            && first <= last
            ? new PortRange(first, last, protocol)
            : throw EngineException.Invalid($"invalid port or range of ports: '{text}'");
    }

    /// <summary>Reads several.</summary>
    /// <exception cref="EngineException">One is none.</exception>
    internal static List<PortRange> All(IReadOnlyList<string> texts)
    {
        List<PortRange> ranges = [];
        foreach (string text in texts)
        {
            ranges.Add(Parse(text));
        }

        return ranges;
    }

    /// <summary>Whether a port, as an image's config writes it, is one of these.</summary>
    internal bool Has(string port)
    {
        int slash = port.IndexOf('/', StringComparison.Ordinal);
        return TryPort(slash < 0 ? port : port.AsSpan(0, slash), out ushort number)
            && number >= First && number <= Last
            && (slash < 0 ? "tcp" : port.AsSpan(slash + 1)).SequenceEqual(Protocol);
    }

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
