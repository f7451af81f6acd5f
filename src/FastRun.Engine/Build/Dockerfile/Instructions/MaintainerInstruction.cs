namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>MAINTAINER: the author that the image names. Not expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Author">The author.</param>
internal sealed record MaintainerInstruction(InstructionSource Source, string Author) : Instruction(Source);
