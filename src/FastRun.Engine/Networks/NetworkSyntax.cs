using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;

namespace FastRun.Engine.Networks;

/// <summary>
/// The text forms of <c>--network</c>: a name; <c>name=NAME,ip=ADDRESS,alias=NAME,...</c>, as one line of CSV (Docker); or
/// <c>NAME:ip=ADDRESS,alias=NAME,...</c>.
/// </summary>
public static class NetworkSyntax
{
    private static readonly string[] s_keys = ["name", "alias", "ip", "ip6", "mac-address", "driver-opt", "link-local-ip", "gw-priority"];

    /// <summary>Parses one.</summary>
    /// <exception cref="EngineException">It has none of the forms.</exception>
    public static EndpointRequest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (NetworkMode.SharedContainer(text) is { } container)
        {
            return container.Length > 0
                ? new EndpointRequest { Network = text }
                : throw EngineException.Invalid("invalid container format container:<name|id>");
        }

        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (NetworkMode.CniNetwork(text) is not null && equals < 0)
        {
            return new EndpointRequest { Network = text };
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return equals < 0 ? colon < 0 ? new EndpointRequest { Network = text } : throw Invalid(text)
            : colon > 0 && colon < equals ? ParseFields(text[(colon + 1)..], text, text[..colon])
            : ParseFields(text, text, name: null);
    }

    /// <summary>A hardware address in the form <c>02:42:0a:d2:00:02</c>; null where it is none.</summary>
    public static string? NormalizeMac(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(text.Contains('-', StringComparison.Ordinal) ? '-' : ':');
        foreach (string part in parts)
        {
            if (part.Length != 2 || !char.IsAsciiHexDigit(part[0]) || !char.IsAsciiHexDigit(part[1]))
            {
                return null;
            }
        }

        return parts.Length == 6 ? string.Join(':', parts).ToLowerInvariant() : null;
    }

    private static EndpointRequest ParseFields(string fields, string text, string? name)
    {
        EndpointRequest endpoint = new() { Network = name ?? "" };
        foreach (string field in MountSyntax.SplitCsv(fields))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw EngineException.Invalid($"invalid field {field}");
            }

            string key = field[..equals].Trim().ToLowerInvariant();
            string value = field[(equals + 1)..].Trim();
            if (Array.IndexOf(s_keys, key) < 0)
            {
                throw EngineException.Invalid($"invalid field key {key}");
            }

            if (value.Length == 0)
            {
                throw EngineException.Invalid($"invalid value for {key}: it is empty");
            }

            endpoint = key switch
            {
                "name" when name is null => endpoint with { Network = value },
                "alias" => endpoint with { Aliases = [.. endpoint.Aliases, value] },
                "ip" => endpoint with { IPv4 = value },
                "ip6" => endpoint with { IPv6 = value },
                "mac-address" => endpoint with { MacAddress = Mac(value) },
                "driver-opt" => endpoint with { Options = With(endpoint.Options, value) },
                "link-local-ip" => endpoint with { LinkLocalAddresses = [.. endpoint.LinkLocalAddresses, value] },
                "gw-priority" => endpoint with { GwPriority = Priority(value) },
                _ => throw Invalid(text),
            };
        }

        return endpoint.Network.Length > 0 ? endpoint : throw EngineException.Invalid("network name/id is not specified");
    }

    /// <summary>A hardware address.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static string Mac(string text) =>
        NormalizeMac(text) ?? throw EngineException.Invalid($"{text} is not a valid mac address");

    /// <summary>The priority of a way out.</summary>
    /// <exception cref="EngineException">It is no whole number.</exception>
    public static int Priority(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int priority)
            ? priority
            : throw EngineException.Invalid($"invalid gw-priority: '{text}' is no whole number");

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> options, string pair)
    {
        int equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new Dictionary<string, string>(options) { [pair[..equals].Trim().ToLowerInvariant()] = pair[(equals + 1)..].Trim() }
            : throw EngineException.Invalid("invalid key value pair format in driver options");
    }

    private static EngineException Invalid(string text) =>
        EngineException.Invalid($"invalid network '{text}': it must be NAME, name=NAME[,alias=NAME][,ip=ADDRESS][,ip6=ADDRESS][,mac-address=ADDRESS][,gw-priority=NUMBER], or NAME:ip=ADDRESS,...");
}
