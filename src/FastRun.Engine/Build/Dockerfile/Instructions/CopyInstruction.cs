using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>
/// COPY. <see cref="Sources"/>, <see cref="Destination"/>, <see cref="Chown"/>, <see cref="Chmod"/> and <see cref="Excludes"/> are
/// expanded with the stage's ARGs and ENVs, and so is the content of inline files that expand (<see cref="Expansion.Content"/>).
/// </summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Sources">Paths that are no here-documents, with wildcards.</param>
/// <param name="Destination">Where to.</param>
internal record CopyInstruction(InstructionSource Source, IReadOnlyList<string> Sources, string Destination) : Instruction(Source)
{
    /// <summary>The files that are written in the Dockerfile, behind the sources.</summary>
    internal IReadOnlyList<Heredoc> Files { get; init; } = [];

    /// <summary>A stage, a context or an image; null for the build's context. Variables are not allowed in it.</summary>
    internal string? From { get; init; }

    /// <summary><c>user[:group]</c>; null where it is not given.</summary>
    internal string? Chown { get; init; }

    /// <summary>Octal, or symbolic; null where it is not given.</summary>
    internal string? Chmod { get; init; }

    /// <summary>Whether it is a layer of its own that does not depend on what is below.</summary>
    internal bool Link { get; init; }

    /// <summary>Whether the sources' directories are kept.</summary>
    internal bool Parents { get; init; }

    /// <summary>Patterns of what is left out.</summary>
    internal IReadOnlyList<string> Excludes { get; init; } = [];
}
