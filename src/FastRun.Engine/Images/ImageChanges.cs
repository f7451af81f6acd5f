using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>
/// Instructions of a Dockerfile that change how an image runs (<c>commit --change</c>, <c>import --change</c>): those that Docker
/// allows there.
/// </summary>
public sealed class ImageChanges
{
    private static readonly JsonElement s_empty = JsonDocument.Parse("{}").RootElement;

    private ContainerConfig _config;
    private bool _hasCommand;

    private ImageChanges(ContainerConfig config) => _config = config;

    /// <summary>A set of keys as configs have them: an object with empty objects.</summary>
    internal static IReadOnlyDictionary<string, JsonElement>? Set(IEnumerable<string> keys)
    {
        SortedDictionary<string, JsonElement> set = new(StringComparer.Ordinal);
        foreach (string key in keys)
        {
            set[key] = s_empty;
        }

        return set.Count == 0 ? null : set;
    }

    /// <summary>Applies them in their order.</summary>
    /// <param name="config">What is changed.</param>
    /// <param name="changes">The instructions, any number of lines each.</param>
    /// <exception cref="EngineException">One is wrong, or none that can stand here.</exception>
    public static ContainerConfig Apply(ContainerConfig config, IReadOnlyList<string> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ImageChanges state = new(config);
        foreach (string line in string.Join('\n', changes).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            string text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                int end = text.AsSpan().IndexOfAny(' ', '\t');
                state.Apply(end < 0 ? text : text[..end], end < 0 ? "" : text[end..].Trim());
            }
        }

        return state._config;
    }

    private void Apply(string instruction, string rest)
    {
        string keyword = instruction.ToUpperInvariant();
        if (rest.Length == 0 && keyword is "ENV" or "LABEL" or "EXPOSE" or "USER" or "VOLUME" or "WORKDIR" or "ONBUILD" or "STOPSIGNAL" or "HEALTHCHECK")
        {
            throw EngineException.Invalid($"{keyword} requires at least one argument");
        }

        _config = keyword switch
        {
            "CMD" => Command(rest),
            "ENTRYPOINT" => _config with { Entrypoint = Arguments(rest), Cmd = _hasCommand ? _config.Cmd : null },
            "ENV" => _config with { Env = Environment(Pairs(rest, keyword)) },
            "LABEL" => _config with { Labels = Labels(Pairs(rest, keyword)) },
            "EXPOSE" => _config with { ExposedPorts = Set([.. _config.ExposedPorts?.Keys ?? [], .. Ports(rest)]) },
            "VOLUME" => _config with { Volumes = Set([.. _config.Volumes?.Keys ?? [], .. Volumes(rest)]) },
            "USER" => _config with { User = Expanded(rest) },
            "WORKDIR" => _config with { WorkingDir = Directory(Expanded(rest)) },
            "STOPSIGNAL" => _config with { StopSignal = Signal(Expanded(rest)) },
            "HEALTHCHECK" => _config with { Healthcheck = Healthcheck(rest) },
            "ONBUILD" => _config with { OnBuild = [.. _config.OnBuild ?? [], Trigger(rest)] },
            _ => throw EngineException.Invalid($"{instruction.ToLowerInvariant()} is not a valid change command"),
        };
    }

    private IReadOnlyList<string> Variables => _config.Env ?? [];

    private string Expanded(string text) => DockerfileWords.Expand(text, Variables);

    private ContainerConfig Command(string rest)
    {
        _hasCommand = true;
        return _config with { Cmd = Arguments(rest) };
    }

    /// <summary>A JSON array is the command line; anything else is a line for the shell.</summary>
    private List<string>? Arguments(string rest) =>
        rest.Length == 0 ? null : TryList(rest) ?? [.. _config.Shell ?? ["/bin/sh", "-c"], rest];

    private static List<string>? TryList(string text)
    {
        if (text[0] != '[')
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            List<string> list = [];
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String)
                {
                    return null;
                }

                list.Add(item.GetString()!);
            }

            return list;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private List<(string Name, string Value)> Pairs(string rest, string keyword)
    {
        List<string> words = DockerfileWords.Split(rest);
        List<(string, string)> pairs = [];
        if (!words[0].Contains('=', StringComparison.Ordinal))
        {
            // The old form: a name, and all that follows is the value.
            int end = rest.AsSpan().IndexOfAny(' ', '\t');
            return end < 0
                ? throw EngineException.Invalid($"{keyword} must have two arguments")
                : [(Expanded(rest[..end]), Expanded(rest[end..].Trim()))];
        }

        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw EngineException.Invalid($"Syntax error - can't find = in \"{word}\". Must be of the form: name=value");
            }

            string name = Expanded(word[..equals]);
            pairs.Add(name.Length == 0
                ? throw EngineException.Invalid($"{keyword} names can not be blank")
                : (name, Expanded(word[(equals + 1)..])));
        }

        return pairs;
    }

    private List<string> Environment(List<(string Name, string Value)> pairs)
    {
        List<string> variables = [.. Variables];
        foreach ((string name, string value) in pairs)
        {
            int at = variables.FindIndex(variable => variable.StartsWith(name + "=", StringComparison.Ordinal));
            if (at < 0)
            {
                variables.Add($"{name}={value}");
            }
            else
            {
                variables[at] = $"{name}={value}";
            }
        }

        return variables;
    }

    private SortedDictionary<string, string> Labels(List<(string Name, string Value)> pairs)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string key, string value) in _config.Labels ?? new Dictionary<string, string>())
        {
            labels[key] = value;
        }

        pairs.ForEach(pair => labels[pair.Name] = pair.Value);
        return labels;
    }

    private List<string> Ports(string rest)
    {
        List<string> ports = [];
        foreach (string word in DockerfileWords.Split(Expanded(rest)))
        {
            int slash = word.IndexOf('/', StringComparison.Ordinal);
            string protocol = slash < 0 ? "tcp" : word[(slash + 1)..].ToLowerInvariant();
            string range = slash < 0 ? word : word[..slash];
            int dash = range.IndexOf('-', StringComparison.Ordinal);
            if (protocol is not ("tcp" or "udp" or "sctp")
                || !TryPort(dash < 0 ? range : range[..dash], out int first)
                || !TryPort(dash < 0 ? range : range[(dash + 1)..], out int last)
                || last < first)
            {
                throw EngineException.Invalid($"invalid containerPort: {word}");
            }

            for (int port = first; port <= last; port++)
            {
                ports.Add(string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}"));
            }
        }

        return ports;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;

    private List<string> Volumes(string rest)
    {
        List<string> volumes = TryList(rest) ?? DockerfileWords.Split(rest);
        for (int i = 0; i < volumes.Count; i++)
        {
            volumes[i] = Expanded(volumes[i]).Trim();
            if (volumes[i].Length == 0)
            {
                throw EngineException.Invalid("VOLUME specified can not be an empty string");
            }
        }

        return volumes;
    }

    /// <summary>Relative to the one before; <c>.</c> and <c>..</c> are resolved by text.</summary>
    private string Directory(string path)
    {
        List<string> parts = [];
        foreach (string part in (path.StartsWith('/') ? path : $"{_config.WorkingDir}/{path}").Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    private static string Signal(string text)
    {
        SignalSyntax.Parse(text);
        return text;
    }

    private static HealthcheckConfig Healthcheck(string rest)
    {
        HealthcheckConfig probe = new();
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            int end = rest.AsSpan().IndexOfAny(' ', '\t');
            string flag = end < 0 ? rest : rest[..end];
            rest = end < 0 ? "" : rest[end..].Trim();
            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "" : flag[(equals + 1)..];
            probe = (equals < 0 ? flag : flag[..equals]) switch
            {
                "--interval" => probe with { Interval = Nanoseconds(value) },
                "--timeout" => probe with { Timeout = Nanoseconds(value) },
                "--start-period" => probe with { StartPeriod = Nanoseconds(value) },
                "--start-interval" => probe with { StartInterval = Nanoseconds(value) },
                "--retries" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int retries) => probe with { Retries = retries },
                _ => throw EngineException.Invalid($"HEALTHCHECK: invalid flag {flag}"),
            };
        }

        int space = rest.AsSpan().IndexOfAny(' ', '\t');
        string kind = (space < 0 ? rest : rest[..space]).ToUpperInvariant();
        string command = space < 0 ? "" : rest[space..].Trim();
        return kind switch
        {
            "NONE" when command.Length == 0 => probe with { Test = ["NONE"] },
            "CMD" when command.Length > 0 => probe with
            {
                Test = TryList(command) is { } list ? ["CMD", .. list] : ["CMD-SHELL", command],
            },
            "CMD" => throw EngineException.Invalid("Missing command after HEALTHCHECK CMD"),
            _ => throw EngineException.Invalid($"HEALTHCHECK: unknown type {kind}, try CMD"),
        };
    }

    private static long Nanoseconds(string value) => GoDuration.Parse(value).Ticks * 100;

    private static string Trigger(string rest)
    {
        int end = rest.AsSpan().IndexOfAny(' ', '\t');
        return (end < 0 ? rest : rest[..end]).ToUpperInvariant() switch
        {
            "ONBUILD" => throw EngineException.Invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
            var keyword and ("FROM" or "MAINTAINER") => throw EngineException.Invalid($"{keyword} isn't allowed as an ONBUILD trigger"),
            _ => rest,
        };
    }
}
