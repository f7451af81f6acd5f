using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Engine.Networks.Cni;

/// <summary>
/// What the plugins of a network are told of a container, in the words of CNI's conventions (CONVENTIONS.md, Dynamic Plugin specific
/// Fields): published ports, a hardware address, limits of bandwidth. A network whose plugins cannot be told what was asked for is refused.
/// </summary>
internal static class CniRuntimeConfiguration
{
    private static readonly string[] s_bandwidth = ["ingressRate", "ingressBurst", "egressRate", "egressBurst"];

    /// <summary>Writes it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="request">What the container asks for there.</param>
    /// <param name="ports">Its published ports.</param>
    /// <exception cref="EngineException">A plugin would have to know something that it cannot be told.</exception>
    internal static byte[] Of(CniNetwork network, EndpointRequest request, IReadOnlyList<PublishedPort> ports)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartObject();
            if (ports.Count > 0)
            {
                Require(network, "portMappings", "publishes no ports");
                writer.WriteStartArray("portMappings");
                foreach (PublishedPort port in ports)
                {
                    if (port.HostAddress.IsIPv6 && port.HostAddress.Bits == 0 && ports.Any(each => IsSameWithIPv4(each, port)))
                    {
                        // No address means both families.
                        continue;
                    }

                    writer.WriteStartObject();
                    writer.WriteNumber("hostPort", port.HostPort);
                    writer.WriteNumber("containerPort", port.ContainerPort);
                    writer.WriteString("protocol", port.ProtocolName);
                    if (port.HostAddress.Bits != 0)
                    {
                        writer.WriteString("hostIP", port.HostAddress.ToString());
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            if (request.MacAddress is { } mac)
            {
                Require(network, "mac", "gives nobody a hardware address of their choice");
                writer.WriteString("mac", mac);
            }

            WriteBandwidth(network, request, writer);
            writer.WriteEndObject();
        }

        return text.WrittenSpan.ToArray();
    }

    /// <summary>Checks the options of a container's end: <c>driver-opt=ingressRate=BITS</c> and the like.</summary>
    /// <exception cref="EngineException">There is no such option, or it is no number.</exception>
    internal static void Check(IReadOnlyDictionary<string, string> options)
    {
        foreach ((string key, string value) in options)
        {
            if (Bandwidth(key) is null)
            {
                throw EngineException.Invalid($"invalid option \"{key}\": in a CNI network there are {string.Join(", ", s_bandwidth)}");
            }

            if (!TryNumber(value, out _))
            {
                throw EngineException.Invalid($"invalid option \"{key}\": '{value}' is no number of bits");
            }
        }
    }

    private static void WriteBandwidth(CniNetwork network, EndpointRequest request, Utf8JsonWriter writer)
    {
        if (request.Options.Count == 0)
        {
            return;
        }

        Require(network, "bandwidth", "limits no bandwidth");
        writer.WriteStartObject("bandwidth");
        foreach ((string key, string value) in request.Options)
        {
            if (Bandwidth(key) is { } name && TryNumber(value, out long number))
            {
                writer.WriteNumber(name, number);
            }
        }

        writer.WriteEndObject();
    }

    private static bool IsSameWithIPv4(PublishedPort one, PublishedPort other) =>
        !one.HostAddress.IsIPv6 && one.HostAddress.Bits == 0 && one.HostPort == other.HostPort && one.ContainerPort == other.ContainerPort && one.Protocol == other.Protocol;

    private static void Require(CniNetwork network, string capability, string consequence)
    {
        if (!network.Has(capability))
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                $"network cni:{network.Name} {consequence}: none of its plugins has the capability {capability}",
                hint: $"add \"capabilities\": {{\"{capability}\": true}} to the plugin that does it");
        }
    }

    private static string? Bandwidth(string key) => Array.Find(s_bandwidth, each => each.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
