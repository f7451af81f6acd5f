using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>What a container runs: what was asked for over what its image says (Engine API, ContainerConfig).</summary>
public sealed class InspectedConfig
{
    /// <summary>Its host name.</summary>
    public required string Hostname { get; init; }

    /// <summary>Always empty.</summary>
    public string Domainname { get; init; } = "";

    /// <summary>The user, unparsed.</summary>
    public required string User { get; init; }

    /// <summary>Whether who makes it reads from it.</summary>
    public bool AttachStdin { get; init; }

    /// <summary>Whether who makes it sees its output.</summary>
    public bool AttachStdout { get; init; }

    /// <summary>Whether who makes it sees its errors.</summary>
    public bool AttachStderr { get; init; }

    /// <summary>The ports of the image.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, EmptyObject>? ExposedPorts { get; init; }

    /// <summary>Whether it has a terminal.</summary>
    public required bool Tty { get; init; }

    /// <summary>Whether its standard input is open.</summary>
    public required bool OpenStdin { get; init; }

    /// <summary>Whether its standard input ends with the first client.</summary>
    public required bool StdinOnce { get; init; }

    /// <summary>Its own variables, then the image's.</summary>
    public required IReadOnlyList<string> Env { get; init; }

    /// <summary>The command, or the entrypoint's arguments.</summary>
    public required IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>The image's probe.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InspectedHealthcheck? Healthcheck { get; init; }

    /// <summary>The image as the user wrote it.</summary>
    public required string Image { get; init; }

    /// <summary>Where its anonymous volumes are mounted.</summary>
    public required Dictionary<string, EmptyObject>? Volumes { get; init; }

    /// <summary>The working directory.</summary>
    public required string WorkingDir { get; init; }

    /// <summary>The command's fixed part.</summary>
    public required IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Docker: build steps for an image made from this one.</summary>
    public IReadOnlyList<string>? OnBuild { get; init; }

    /// <summary>The image's labels, and its own.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The signal that asks it to end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StopSignal { get; init; }

    /// <summary>Seconds until it is killed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StopTimeout { get; init; }

    /// <summary>The shell of the shell forms.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Shell { get; init; }
}
