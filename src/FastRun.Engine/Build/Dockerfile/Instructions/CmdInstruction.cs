
namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>CMD. Not expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Command">The command.</param>
internal sealed record CmdInstruction(InstructionSource Source, CommandLine Command) : Instruction(Source);
