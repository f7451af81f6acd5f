using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>LABEL. Names and values are expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Labels">What is set; every value is given.</param>
internal sealed record LabelInstruction(InstructionSource Source, IReadOnlyList<Assignment> Labels) : Instruction(Source);
