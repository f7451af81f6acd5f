using System.Collections.Generic;

namespace FastRun.Cli.Output.Builds;

/// <summary>A step as its progress shows it.</summary>
/// <param name="Name">What it is called, with what became of it; safe to print.</param>
/// <param name="Time">How long it took, or has taken so far.</param>
/// <param name="HasEnded">Whether it is over.</param>
/// <param name="Output">What it wrote last, a line each; safe to print.</param>
internal sealed record BuildTreeStep(string Name, string Time, bool HasEnded, IReadOnlyList<string> Output);
