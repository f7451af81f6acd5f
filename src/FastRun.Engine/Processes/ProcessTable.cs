using System.Collections.Generic;

namespace FastRun.Engine.Processes;

/// <summary>Processes as ps(1) shows them (Engine API, ContainerTop).</summary>
/// <param name="Titles">The columns.</param>
/// <param name="Processes">A row each.</param>
public sealed record ProcessTable(IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Processes);
