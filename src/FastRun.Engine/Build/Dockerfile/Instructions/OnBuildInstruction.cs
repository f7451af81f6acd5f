namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>ONBUILD. Not expanded; the image keeps the text, which is parsed again where it is built upon (<see cref="DockerfileParser.ParseTrigger"/>).</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Expression">The instruction as text, with its here-documents.</param>
/// <param name="Trigger">The instruction.</param>
internal sealed record OnBuildInstruction(InstructionSource Source, string Expression, Instruction Trigger) : Instruction(Source);
