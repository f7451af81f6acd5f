using System.Collections.Generic;

namespace FastRun.Native.Launch;

/// <summary>
/// What a program has of its own: it is in a session of its own and in the directory /, goes on when the caller is killed, and
/// where it takes too long is killed together with the programs that it has started.
/// </summary>
/// <param name="Environment">Its whole environment, <c>NAME=value</c>.</param>
/// <param name="Kept">A descriptor that it and the programs that it starts inherit under its number; null for none.</param>
public sealed record ProgramSurroundings(IReadOnlyList<string> Environment, Fd? Kept)
{
    /// <summary>Its umask(2); null for the one that the caller was started with.</summary>
    public int? Umask { get; init; }
}
