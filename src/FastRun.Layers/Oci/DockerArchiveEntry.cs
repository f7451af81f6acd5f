using System.Collections.Generic;

namespace FastRun.Layers.Oci;

/// <summary>One image in the <c>manifest.json</c> of a <c>docker save</c> archive. The keys are Go's.</summary>
internal sealed record DockerArchiveEntry
{
    /// <summary>The config's name in the archive.</summary>
    public string? Config { get; init; }

    /// <summary>The references it was saved by.</summary>
    public IReadOnlyList<string>? RepoTags { get; init; }

    /// <summary>The layers' names in the archive, bottom first.</summary>
    public IReadOnlyList<string>? Layers { get; init; }
}
