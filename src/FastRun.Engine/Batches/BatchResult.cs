using System;
using FastRun.Native;

namespace FastRun.Engine.Batches;

/// <summary>What one command came to.</summary>
/// <param name="Line">The number of its line, from 1.</param>
/// <param name="Text">Its line.</param>
/// <param name="ExitCode">As <c>exec</c> has it: 125 where there was no sandbox, 128 and the signal's number where one killed it.</param>
/// <param name="Wall">How long it took, from the start of its sandbox to the end of its removal.</param>
public sealed record BatchResult(int Line, string Text, int ExitCode, TimeSpan Wall)
{
    /// <summary>What it wrote, at the file's beginning. Open only while it is handed over.</summary>
    public required Fd Output { get; init; }

    /// <summary>What it wrote to standard error; null where that is in <see cref="Output"/>, too.</summary>
    public required Fd? Errors { get; init; }

    /// <summary>Whether it did what it was to do.</summary>
    public bool Succeeded => ExitCode == 0;
}
