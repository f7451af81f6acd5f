using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Ignore;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Checks;

/// <summary>What checks know beside the Dockerfile.</summary>
internal sealed record CheckOptions
{
    /// <summary>What <c>--build-arg</c> gives.</summary>
    internal IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>();

    /// <summary>For what is built.</summary>
    internal Platform Platform { get; init; } = Platform.Host;

    /// <summary>The stage that is built, by name or number; null for the last.</summary>
    internal string? Target { get; init; }

    /// <summary>Whether stages are checked that the target does not need.</summary>
    internal bool AllStages { get; init; }

    /// <summary>The settings of a stage's base image, asked for where a check needs them; null where they are not known, and its variables then not checked.</summary>
    internal Func<BuildStage, ContainerConfig?> Base { get; init; } = static _ => null;

    /// <summary>The context's patterns.</summary>
    internal IgnorePatterns Ignore { get; init; } = IgnorePatterns.None;
}
