using System.Collections.Generic;
using FastRun.Engine.Launch.Mounts;

namespace FastRun.Engine.Build.Steps;

/// <summary>The process of a RUN: everything that decides what it does.</summary>
internal sealed record RunProcess
{
    /// <summary>argv.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The environment: the image's, and the build arguments that were declared.</summary>
    internal required IReadOnlyList<string> Environment { get; init; }

    /// <summary><c>user[:group]</c>; empty for root.</summary>
    internal required string User { get; init; }

    /// <summary>Where it starts.</summary>
    internal required string WorkingDirectory { get; init; }

    /// <summary>Its network: <c>default</c>, <c>none</c>, <c>host</c> or a network's name.</summary>
    internal required string Network { get; init; }

    /// <summary>What <c>--mount</c> gives it.</summary>
    internal PreparedMounts Mounts { get; init; } = PreparedMounts.None;

    /// <summary>A directory with the mounts' targets that the image does not have; null for none.</summary>
    internal string? Stubs { get; init; }
}
