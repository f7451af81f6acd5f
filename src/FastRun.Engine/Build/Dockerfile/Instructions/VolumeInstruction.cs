using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>VOLUME. Each path is expanded, and stays one.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Paths">Directories.</param>
internal sealed record VolumeInstruction(InstructionSource Source, IReadOnlyList<string> Paths) : Instruction(Source);
