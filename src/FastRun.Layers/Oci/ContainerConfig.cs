using System.Collections.Generic;
using System.Text.Json;

namespace FastRun.Layers.Oci;

/// <summary>How containers of an image run (OCI image-spec, config, "config"; Docker's additions). The keys are Go's.</summary>
public sealed record ContainerConfig
{
    /// <summary>The user, unparsed.</summary>
    public string? User { get; init; }

    /// <summary>The ports, as keys <c>80/tcp</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement>? ExposedPorts { get; init; }

    /// <summary>The environment, <c>NAME=value</c>.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>The command's fixed part.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>The command, or the entrypoint's arguments.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Docker: the probe.</summary>
    public HealthcheckConfig? Healthcheck { get; init; }

    /// <summary>The volumes, as keys.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Volumes { get; init; }

    /// <summary>The working directory.</summary>
    public string? WorkingDir { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The signal that stops a container.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Docker: seconds until it is killed.</summary>
    public int? StopTimeout { get; init; }

    /// <summary>Docker: build steps for an image made from this one.</summary>
    public IReadOnlyList<string>? OnBuild { get; init; }

    /// <summary>Docker: the shell of the shell forms.</summary>
    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Docker: whether the command is one string for a Windows shell.</summary>
    public bool? ArgsEscaped { get; init; }
}
