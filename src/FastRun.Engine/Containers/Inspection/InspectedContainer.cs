using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>All that is known of a container, in the shape of the Engine API (ContainerInspectResponse). Names are the API's.</summary>
public sealed class InspectedContainer
{
    /// <summary>64 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>When it was made, RFC 3339.</summary>
    public required string Created { get; init; }

    /// <summary>What is executed.</summary>
    public required string Path { get; init; }

    /// <summary>Its arguments.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>What it is doing.</summary>
    public required InspectedState State { get; init; }

    /// <summary>The image's id; empty for the image <c>host</c>.</summary>
    public required string Image { get; init; }

    /// <summary>Empty: the file is in no directory of the host.</summary>
    public string ResolvConfPath { get; init; } = "";

    /// <summary>Empty: the file is in no directory of the host.</summary>
    public string HostnamePath { get; init; } = "";

    /// <summary>Empty: the file is in no directory of the host.</summary>
    public string HostsPath { get; init; } = "";

    /// <summary>Where its output is kept; empty where it is not.</summary>
    public required string LogPath { get; init; }

    /// <summary>Its name, with Docker's slash.</summary>
    public required string Name { get; init; }

    /// <summary>How often its restart policy has started it again.</summary>
    public required int RestartCount { get; init; }

    /// <summary>The storage driver.</summary>
    public string Driver { get; init; } = InspectedGraphDriver.Overlay;

    /// <summary>The operating system.</summary>
    public string Platform { get; init; } = "linux";

    /// <summary>Empty: there is no SELinux.</summary>
    public string MountLabel { get; init; } = "";

    /// <summary>Empty: there is no SELinux.</summary>
    public string ProcessLabel { get; init; } = "";

    /// <summary>Empty: there is no AppArmor.</summary>
    public string AppArmorProfile { get; init; } = "";

    /// <summary>Null: an exec belongs to the command that started it.</summary>
    [JsonPropertyName("ExecIDs")]
    public IReadOnlyList<string>? ExecIds { get; init; }

    /// <summary>What it may use of the host.</summary>
    public required InspectedHostConfig HostConfig { get; init; }

    /// <summary>Where its files are.</summary>
    public required InspectedGraphDriver GraphDriver { get; init; }

    /// <summary>The bytes of the files that it made or changed, where that was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRw { get; init; }

    /// <summary>These and its image's, where that was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRootFs { get; init; }

    /// <summary>Its binds and volumes.</summary>
    public required IReadOnlyList<InspectedMount> Mounts { get; init; }

    /// <summary>What it runs, with what it has from its image.</summary>
    public required InspectedConfig Config { get; init; }

    /// <summary>Its networks.</summary>
    public required InspectedNetworkSettings NetworkSettings { get; init; }
}
