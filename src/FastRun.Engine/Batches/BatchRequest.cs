using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Engine.Batches;

/// <summary>One command for each line of a text, each in a sandbox of its own.</summary>
/// <param name="Sandbox">What every sandbox is; its command is of no account.</param>
public sealed record BatchRequest(ContainerCreateRequest Sandbox)
{
    /// <summary>
    /// What is run: each <c>{}</c> in it is replaced by the line, which is its last word where there is none. Empty for <c>/bin/sh -c</c>.
    /// </summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>How many run at once.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Whether what they write to standard error is kept apart, or goes where it belongs among the rest.</summary>
    public bool ErrorsApart { get; init; }

    /// <summary>After the first that fails no other is started.</summary>
    public bool FailFast { get; init; }

    /// <summary>The file for the reports of all of them (docs/run-report.md); null for none.</summary>
    public string? ReportFile { get; init; }

    /// <summary>The file for what they came to, in JUnit's form; null for none.</summary>
    public string? JUnitFile { get; init; }
}
