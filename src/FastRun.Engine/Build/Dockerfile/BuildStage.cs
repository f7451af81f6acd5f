using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>A stage: a FROM and what follows it up to the next one.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="From">The FROM.</param>
/// <param name="Instructions">What follows; never a FROM.</param>
internal sealed record BuildStage(int Index, FromInstruction From, IReadOnlyList<Instruction> Instructions)
{
    /// <summary>Its name in lower case; null where it has none.</summary>
    internal string? Name => From.StageName;
}
