namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>WORKDIR. The path is expanded, and relative to the one before.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Path">The directory.</param>
internal sealed record WorkdirInstruction(InstructionSource Source, string Path) : Instruction(Source);
