using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>ENV. Names and values are expanded with the environment before the instruction: all with the same one.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Variables">What is set; every value is given.</param>
internal sealed record EnvInstruction(InstructionSource Source, IReadOnlyList<Assignment> Variables) : Instruction(Source);
