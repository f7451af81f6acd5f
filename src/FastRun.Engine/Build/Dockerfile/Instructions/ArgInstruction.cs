using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>ARG. Names and values are expanded with what was declared before the instruction; of the global ARGs each sees those before it in the same instruction, too.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Arguments">What is declared.</param>
internal sealed record ArgInstruction(InstructionSource Source, IReadOnlyList<Assignment> Arguments) : Instruction(Source);
