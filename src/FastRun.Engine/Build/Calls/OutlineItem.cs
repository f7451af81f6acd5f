using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Calls;

/// <summary>An argument, a secret or an agent that a target takes.</summary>
/// <param name="name">Its name or id.</param>
/// <param name="lines">Where it is declared or asked for.</param>
internal sealed class OutlineItem(string name, LineRange lines)
{
    /// <summary>Its name or id.</summary>
    internal string Name => name;

    /// <summary>Where it is declared or asked for.</summary>
    internal LineRange Lines => lines;

    /// <summary>What an argument is worth; null for nothing.</summary>
    internal string? Value { get; init; }

    /// <summary>What the comment before an argument says; empty for nothing.</summary>
    internal string Description { get; init; } = "";

    /// <summary>Whether there is no building without it.</summary>
    internal bool IsRequired { get; init; }
}
