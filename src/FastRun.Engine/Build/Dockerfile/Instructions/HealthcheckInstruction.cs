using System;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>HEALTHCHECK. Not expanded.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Command">The probe; null for NONE.</param>
internal sealed record HealthcheckInstruction(InstructionSource Source, CommandLine? Command) : Instruction(Source)
{
    /// <summary>How often; zero where it is not given, as in all of these.</summary>
    internal TimeSpan Interval { get; init; }

    /// <summary>How long a probe may take.</summary>
    internal TimeSpan Timeout { get; init; }

    /// <summary>How long failures do not count at first.</summary>
    internal TimeSpan StartPeriod { get; init; }

    /// <summary>How often in that time.</summary>
    internal TimeSpan StartInterval { get; init; }

    /// <summary>How many failures in a row it takes.</summary>
    internal int Retries { get; init; }
}
