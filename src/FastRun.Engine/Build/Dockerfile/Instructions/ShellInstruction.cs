using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>SHELL. Not expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Shell">What stands before the shell form of commands; not empty.</param>
internal sealed record ShellInstruction(InstructionSource Source, IReadOnlyList<string> Shell) : Instruction(Source);
