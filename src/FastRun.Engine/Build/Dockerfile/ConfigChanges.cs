using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>
/// What instructions change in an image's config: ENV, LABEL, USER, WORKDIR, CMD, ENTRYPOINT, EXPOSE, VOLUME, STOPSIGNAL,
/// HEALTHCHECK, SHELL and ONBUILD, of a stage one after the other.
/// </summary>
internal sealed class ConfigChanges
{
    private static readonly JsonElement s_empty = JsonDocument.Parse("{}").RootElement;

    private bool _hasCommand;

    /// <summary>Begins with a config: the base image's.</summary>
    internal ConfigChanges(ContainerConfig config) => Config = config;

    /// <summary>The config so far.</summary>
    internal ContainerConfig Config { get; private set; }

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

    /// <summary>Applies an instruction.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="expansion">Expands its values: for a stage with the ARGs in scope and, before them, with <see cref="Config"/>'s variables.</param>
    /// <returns>Whether it is one that changes configs; others do nothing.</returns>
    /// <exception cref="DockerfileException">It is wrong.</exception>
    internal bool Apply(Instruction instruction, Expansion expansion)
    {
        ContainerConfig? changed;
        try
        {
            changed = instruction switch
            {
                EnvInstruction env => Config with { Env = Environment(Config.Env ?? [], Pairs(env.Variables, expansion)) },
                LabelInstruction label => Config with { Labels = Labels(Config.Labels, Pairs(label.Labels, expansion)) },
                UserInstruction user => Config with { User = expansion.Word(user.User) },
                WorkdirInstruction workdir => Config with { WorkingDir = Directory(Config.WorkingDir, expansion.Word(workdir.Path)) },
                CmdInstruction cmd => Command(cmd.Command),
                EntrypointInstruction entrypoint => Entrypoint(entrypoint.Command),
                ExposeInstruction expose => Config with { ExposedPorts = Set([.. Config.ExposedPorts?.Keys ?? [], .. Ports(expose.Ports, expansion)]) },
                VolumeInstruction volume => Config with { Volumes = Set([.. Config.Volumes?.Keys ?? [], .. Volumes(volume.Paths, expansion)]) },
                StopSignalInstruction signal => Config with { StopSignal = Signal(expansion.Word(signal.Signal)) },
                HealthcheckInstruction probe => Config with { Healthcheck = Healthcheck(probe) },
                ShellInstruction shell => Config with { Shell = [.. shell.Shell] },
                OnBuildInstruction trigger => Config with { OnBuild = [.. Config.OnBuild ?? [], trigger.Expression] },
                _ => null,
            };
        }
        catch (EngineException e)
        {
            throw new DockerfileException(instruction.Lines, e.Message);
        }
        catch (DockerfileException e)
        {
            throw e.At(instruction.Lines);
        }

        Config = changed ?? Config;
        return changed is not null;
    }

    private IReadOnlyList<string> Shell => Config.Shell ?? ["/bin/sh", "-c"];

    private ContainerConfig Command(CommandLine command)
    {
        _hasCommand = true;
        return Config with { Cmd = List(command) };
    }

    private ContainerConfig Entrypoint(CommandLine command) =>
        Config with { Entrypoint = List(command), Cmd = _hasCommand ? Config.Cmd : null };

    private List<string>? List(CommandLine command) => command.Arguments.Count == 0 ? null : [.. command.With(Shell)];

    private static List<(string Name, string Value)> Pairs(IReadOnlyList<Assignment> assignments, Expansion expansion)
    {
        List<(string, string)> pairs = [];
        foreach (Assignment assignment in assignments)
        {
            pairs.Add((expansion.Word(assignment.Name), expansion.Word(assignment.Value ?? "")));
        }

        return pairs;
    }

    private static List<string> Environment(IReadOnlyList<string> before, List<(string Name, string Value)> pairs)
    {
        List<string> variables = [.. before];
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

    private static SortedDictionary<string, string> Labels(
        IReadOnlyDictionary<string, string>? before, List<(string Name, string Value)> pairs)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string key, string value) in before ?? new Dictionary<string, string>())
        {
            labels[key] = value;
        }

        pairs.ForEach(pair => labels[pair.Name] = pair.Value);
        return labels;
    }

    /// <summary>The ports that words of EXPOSE mean.</summary>
    internal static List<string> Ports(IEnumerable<string> written, Expansion expansion)
    {
        List<string> ports = [];
        foreach (string words in written)
        {
            foreach (string word in expansion.Words(words))
            {
                Ports(word, ports);
            }
        }

        return ports;
    }

    private static void Ports(string word, List<string> ports)
    {
        // Of a mapping, which belongs to run, the container's side counts.
        word = word[(word.LastIndexOf(':') + 1)..];
        int slash = word.IndexOf('/', StringComparison.Ordinal);
        string protocol = slash < 0 ? "tcp" : word[(slash + 1)..].ToLowerInvariant();
        string range = slash < 0 ? word : word[..slash];
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        if (protocol is not ("tcp" or "udp" or "sctp")
            || !TryPort(dash < 0 ? range : range[..dash], out int first)
            || !TryPort(dash < 0 ? range : range[(dash + 1)..], out int last)
            || last < first)
        {
            throw new DockerfileException(LineRange.None, protocol is "tcp" or "udp" or "sctp" ? $"invalid containerPort: {word}" : $"invalid port: {Expansion.Quoted(word)}: invalid proto: {protocol}");
        }

        for (int port = first; port <= last; port++)
        {
            ports.Add(string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}"));
        }
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;

    private static List<string> Volumes(IReadOnlyList<string> written, Expansion expansion)
    {
        List<string> volumes = [];
        foreach (string path in written)
        {
            string volume = expansion.Word(path);
            volumes.Add(volume.Length > 0 ? volume : throw new DockerfileException(LineRange.None, "VOLUME specified can not be an empty string"));
        }

        return volumes;
    }

    /// <summary>An absolute working directory as it is written; a relative one below that before it, where <c>.</c> and <c>..</c> are resolved by text.</summary>
    private static string Directory(string? before, string path) => path.StartsWith('/') ? path : IgnorePatterns.Clean($"/{before}/{path}");

    private static string Signal(string text)
    {
        SignalSyntax.Parse(text);
        return text;
    }

    private static HealthcheckConfig Healthcheck(HealthcheckInstruction probe) => new()
    {
        Test = probe.Command is null ? ["NONE"] : [probe.Command.IsShell ? "CMD-SHELL" : "CMD", .. probe.Command.Arguments],
        Interval = Nanoseconds(probe.Interval),
        Timeout = Nanoseconds(probe.Timeout),
        StartPeriod = Nanoseconds(probe.StartPeriod),
        StartInterval = Nanoseconds(probe.StartInterval),
        Retries = probe.Retries == 0 ? null : probe.Retries,
    };

    private static long? Nanoseconds(TimeSpan duration) => duration == TimeSpan.Zero ? null : duration.Ticks * 100;
}
