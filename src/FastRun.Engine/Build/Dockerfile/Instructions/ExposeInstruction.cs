using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>EXPOSE. Each word is expanded, and may become several (<see cref="Expansion.Words"/>).</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Ports"><c>port[-port][/protocol]</c>.</param>
internal sealed record ExposeInstruction(InstructionSource Source, IReadOnlyList<string> Ports) : Instruction(Source);
