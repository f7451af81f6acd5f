using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// The grammar of <c>-p</c> and <c>--expose</c>: <c>[[IP:][HOSTPORT[-LAST]]:]PORT[-LAST][/PROTOCOL]</c>, and
/// <c>published=...,target=...,protocol=...</c>. Words of errors are Docker's.
/// </summary>
public static class PortSyntax
{
    private const string Tcp = "tcp";

    /// <summary>Reads what one <c>-p</c> asks for.</summary>
    /// <exception cref="EngineException">It asks for nothing that there is.</exception>
    public static IReadOnlyList<PortBinding> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string spec = text.Contains('=', StringComparison.Ordinal) ? FromPairs(text) : text;
        string[] parts = spec.Split(':');
        string address = parts.Length > 2 ? string.Join(':', parts[..^2]) : "";
        string host = parts.Length > 1 ? parts[^2] : "";
        (string container, string protocol) = SplitProtocol(parts[^1]);
        address = CheckAddress(address);
        if (container.Length == 0)
        {
            throw EngineException.Invalid($"no port specified: {spec}<empty>");
        }

        (ushort first, ushort last) = TryRange(container) ?? throw EngineException.Invalid($"invalid containerPort: {container}");
        (ushort firstHost, ushort lastHost) = host.Length == 0
            ? default((ushort, ushort))
            : TryRange(host) ?? throw EngineException.Invalid($"invalid hostPort: {host}");
        if (host.Length > 0 && last - first != lastHost - firstHost && first != last)
        {
            throw EngineException.Invalid($"invalid ranges specified for container and host Ports: {container} and {host}");
        }

        protocol = protocol.ToLowerInvariant();
        if (PublishedPort.ProtocolOf(protocol) is null)
        {
            throw EngineException.Invalid($"invalid proto: {protocol}");
        }

        // Several host ports for one of the container: any of them will do.
        List<PortBinding> bindings = [];
        for (int i = 0; i <= last - first; i++)
        {
            ushort hostPort = (ushort)(host.Length == 0 ? 0 : firstHost + i);
            bindings.Add(new PortBinding(address, hostPort, first == last ? lastHost : hostPort, (ushort)(first + i), protocol));
        }

        return bindings;
    }

    /// <summary>Checks what one <c>--expose</c> says, and writes it as an image's config does: <c>80/tcp</c>, a port each.</summary>
    /// <exception cref="EngineException">It is no port.</exception>
    public static IReadOnlyList<string> ParseExposed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (string ports, string protocol) = SplitProtocol(text);
        protocol = protocol.ToLowerInvariant();
        (ushort first, ushort last) = text.Contains(':', StringComparison.Ordinal)
            ? throw EngineException.Invalid($"invalid port format for --expose: {text}")
            : TryRange(ports) ?? throw EngineException.Invalid($"invalid range format for --expose: {text}");
        if (PublishedPort.ProtocolOf(protocol) is null)
        {
            throw EngineException.Invalid($"invalid proto: {protocol}");
        }

        List<string> exposed = [];
        for (int port = first; port <= last; port++)
        {
            exposed.Add(string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}"));
        }

        return exposed;
    }

    /// <summary>Checks bindings that came by another door than this grammar.</summary>
    /// <exception cref="EngineException">One of them is none.</exception>
    internal static void Check(IReadOnlyList<PortBinding> bindings)
    {
        foreach (PortBinding binding in bindings)
        {
            CheckAddress(binding.HostAddress);
            if (binding.ContainerPort == 0)
            {
                throw EngineException.Invalid("invalid containerPort: 0");
            }

            if (binding.LastHostPort < binding.FirstHostPort)
            {
                throw EngineException.Invalid($"invalid hostPort: {binding.FirstHostPort}-{binding.LastHostPort}");
            }

            if (PublishedPort.ProtocolOf(binding.Protocol) is null)
            {
                throw EngineException.Invalid($"invalid proto: {binding.Protocol}");
            }
        }
    }

    private static string FromPairs(string text)
    {
        (string published, string target, string protocol) = ("", "", Tcp);
        foreach (string pair in text.Split(','))
        {
            int sign = pair.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
            {
                throw EngineException.Invalid($"invalid publish opts format (should be name=value but got '{pair}')");
            }

            string value = pair[(sign + 1)..];
            switch (pair[..sign])
            {
                case "published":
                    published = value;
                    break;
                case "target":
                    target = value;
                    break;
                case "protocol":
                    protocol = value;
                    break;
                case "mode" when value is "host" or "ingress":
                    // Of a swarm's services; a port of one machine is its own.
                    break;
                default:
                    throw EngineException.Invalid($"invalid publish option: {pair}");
            }
        }

        return $"{published}:{target}/{protocol}";
    }

    private static (string Ports, string Protocol) SplitProtocol(string text)
    {
        string[] parts = text.Split('/');
        return parts[0].Length == 0 ? ("", Tcp) : parts.Length == 1 || parts[1].Length == 0 ? (parts[0], Tcp) : (parts[0], parts[1]);
    }

    private static string CheckAddress(string text)
    {
        string address = text;
        if (text.StartsWith('['))
        {
            address = text.EndsWith(']') ? text[1..^1] : throw EngineException.Invalid($"invalid IP address: {text}");
        }

        // A class library takes 1.2.3 for 1.2.0.3, and zones.
        return address.Length == 0
            || (ExtraHostSyntax.IsAddress(address) && IPAddress.TryParse(address, out _) && !address.Contains('%', StringComparison.Ordinal))
            ? address
            : throw EngineException.Invalid($"invalid IP address: {text}");
    }

    private static (ushort First, ushort Last)? TryRange(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return TryPort(dash < 0 ? text : text.AsSpan(0, dash), out ushort first)
            && TryPort(dash < 0 ? text : text.AsSpan(dash + 1), out ushort last)
            && first <= last
            ? (first, last)
            : null;
    }

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
