
namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>ENTRYPOINT. Not expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Command">The command; without arguments it takes the base image's away.</param>
internal sealed record EntrypointInstruction(InstructionSource Source, CommandLine Command) : Instruction(Source);
