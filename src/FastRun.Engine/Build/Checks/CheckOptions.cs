using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Ignore;

namespace FastRun.Engine.Build.Checks;

/// <summary>What checks know beside the Dockerfile.</summary>
internal sealed record CheckOptions
{
    /// <summary>What <c>--build-arg BUILDKIT_DOCKERFILE_CHECK</c> says; null for the directive.</summary>
    internal string? Settings { get; init; }

    /// <summary>The names of a stage's base image's variables; null where they are not known: its variables are then not checked.</summary>
    internal Func<BuildStage, IReadOnlyCollection<string>?> BaseVariables { get; init; } = static _ => null;

    /// <summary>The context's patterns.</summary>
    internal IgnorePatterns Ignore { get; init; } = IgnorePatterns.None;
}
