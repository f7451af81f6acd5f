using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>A command in the shell form or in the exec form. Never expanded by the builder: the shell does that.</summary>
/// <param name="IsShell">Whether it is a line for the shell (the current SHELL) rather than a JSON array of arguments.</param>
/// <param name="Arguments">The arguments; of the shell form one, the line, or none where there is nothing.</param>
internal sealed record CommandLine(bool IsShell, IReadOnlyList<string> Arguments)
{
    /// <summary>The arguments with the shell before them where it is the shell form.</summary>
    /// <param name="shell">The current shell.</param>
    internal IReadOnlyList<string> With(IReadOnlyList<string> shell) => IsShell && Arguments.Count > 0 ? [.. shell, .. Arguments] : Arguments;
}
