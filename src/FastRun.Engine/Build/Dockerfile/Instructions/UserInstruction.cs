namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>USER. Expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="User"><c>user[:group]</c>.</param>
internal sealed record UserInstruction(InstructionSource Source, string User) : Instruction(Source);
