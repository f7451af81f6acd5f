using System;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>What must come of a hostile archive.</summary>
internal enum Outcome
{
    /// <summary>It is unpacked, all of it inside.</summary>
    Inside,

    /// <summary>It is unpacked, all of it inside, but nothing starts on it.</summary>
    NotStarted,

    /// <summary>It is refused in one line.</summary>
    Refused,
}

/// <summary>An archive that tries something, and what must come of it.</summary>
/// <param name="Name">What it is called in the report of the tests.</param>
/// <param name="Outcome">What must come of it.</param>
/// <param name="Layers">Its layers above the base, bottom first, for a path that must stay untouched.</param>
internal sealed record ArchiveCase(string Name, Outcome Outcome, Func<string, byte[][]> Layers)
{
    /// <summary>What a shell in the image does afterwards; nothing but the exit code 0 is asked of it.</summary>
    internal string Script { get; init; } = ":";

    internal static ArchiveCase Inside(string name, Func<string, TarBuilder> layer, string script = ":") =>
        new(name, Outcome.Inside, canary => [layer(canary).End()]) { Script = script };

    internal static ArchiveCase Refused(string name, Func<string, TarBuilder> layer) =>
        new(name, Outcome.Refused, canary => [layer(canary).End()]);

    internal static ArchiveCase InsideOnTwo(string name, Func<string, TarBuilder> lower, Func<string, TarBuilder> upper, string script = ":") =>
        new(name, Outcome.Inside, canary => [lower(canary).End(), upper(canary).End()]) { Script = script };
}
