using System;

namespace FastRun.Cli.Commands;

/// <summary>A noun before a command: <c>container ls</c>.</summary>
/// <param name="Name">The noun.</param>
/// <param name="Summary">What its commands do.</param>
/// <param name="Missing">Why there are none yet; null where there are.</param>
internal sealed record CommandGroup(string Name, string Summary, string? Missing = null)
{
    /// <summary>Whether a spelling of a command starts with the noun.</summary>
    internal bool Has(string spelling) =>
        spelling.Length > Name.Length && spelling[Name.Length] == ' ' && spelling.StartsWith(Name, StringComparison.Ordinal);
}
