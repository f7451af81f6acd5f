using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>
/// All that a launch needs to know of an image, made when the image arrives and kept in one small binary file, so that a
/// warm start parses no JSON. The fields are those of the image config (OCI image-spec, config).
/// </summary>
public sealed record LaunchRecord
{
    /// <summary>The config's digest.</summary>
    public required Digest ImageId { get; init; }

    /// <summary>What the image was built for.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Local ids of the layers' trees, topmost first, as overlayfs takes them. At least one.</summary>
    public required IReadOnlyList<string> LayerIds { get; init; }

    /// <summary>Config.Entrypoint; empty when unset.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>Config.Cmd; empty when unset.</summary>
    public IReadOnlyList<string> Cmd { get; init; } = [];

    /// <summary>Config.Env, <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>Config.User, unparsed; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>Config.WorkingDir; empty for <c>/</c>.</summary>
    public string WorkingDir { get; init; } = "";

    /// <summary>The keys of Config.Volumes.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Config.StopSignal; empty when unset.</summary>
    public string StopSignal { get; init; } = "";

    /// <summary>When the image was made, in seconds since the epoch; 0 where its config does not say.</summary>
    public long Created { get; init; }

    /// <summary>The bytes of the layers' files.</summary>
    public long Size { get; init; }

    /// <summary>
    /// Whether the image can be run already, and has not got the id yet that its layers' tars will give it: the config behind
    /// <see cref="ImageId"/> has placeholders for their digests.
    /// </summary>
    public bool IsProvisional { get; init; }

    /// <summary>Whether the layers lie on the machine's own root: a snapshot of the image <c>host</c>.</summary>
    public bool IsOnHost { get; init; }
}
