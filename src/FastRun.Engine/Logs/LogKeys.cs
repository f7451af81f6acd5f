using System;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.Engine.Logs;

/// <summary>Which labels or variables are kept with each entry of a log: those of a list, and those in whose name a pattern is found.</summary>
internal sealed record LogKeys
{
    private string[] _names = [];
    private TextPattern? _pattern;

    private LogKeys()
    {
    }

    /// <summary>None at all.</summary>
    internal static LogKeys None { get; } = new();

    /// <summary>With a list of names, separated by commas.</summary>
    internal LogKeys Named(string list) =>
        this with { _names = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) };

    /// <summary>With a pattern; an empty one asks for nothing, as in Docker.</summary>
    /// <exception cref="EngineException">It is more than filters can be written in.</exception>
    internal LogKeys Like(string pattern) => this with { _pattern = pattern.Length == 0 ? null : TextPattern.Parse(pattern) };

    /// <summary>Whether this one is kept.</summary>
    internal bool Has(string name) => Array.IndexOf(_names, name) >= 0 || _pattern?.IsIn(name) == true;
}
