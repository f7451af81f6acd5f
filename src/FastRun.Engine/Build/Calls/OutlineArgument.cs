using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Calls;

/// <summary>An argument that a target takes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What it is worth; null for nothing.</param>
/// <param name="Description">What the comment before it says; empty for nothing.</param>
/// <param name="Lines">Where it is declared.</param>
internal sealed record OutlineArgument(string Name, string? Value, string Description, LineRange Lines);
