using System.Collections.Generic;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>What a launch mounts besides what its request names: opened by whoever asks for the launch.</summary>
internal sealed record PreparedMounts
{
    /// <summary>None.</summary>
    internal static PreparedMounts None { get; } = new();

    /// <summary>Detached mounts, owned by the launch from the moment it is prepared, in the order of attaching.</summary>
    internal IReadOnlyList<PlannedMount> Mounts { get; init; } = [];

    /// <summary>Small files that are nowhere but in memory, mounted read-only.</summary>
    internal IReadOnlyList<PrivateFile> Files { get; init; } = [];
}
