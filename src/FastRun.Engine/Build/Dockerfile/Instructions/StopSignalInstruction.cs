namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>STOPSIGNAL. Expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Signal">A name or a number.</param>
internal sealed record StopSignalInstruction(InstructionSource Source, string Signal) : Instruction(Source);
