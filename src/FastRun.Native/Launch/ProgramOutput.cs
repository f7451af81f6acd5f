using System;

namespace FastRun.Native.Launch;

/// <summary>What a program of the host came to.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Output">What it printed on standard output.</param>
public sealed record ProgramOutput(ExitStatus Status, ReadOnlyMemory<byte> Output);
