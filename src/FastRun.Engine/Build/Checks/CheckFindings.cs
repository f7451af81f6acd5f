using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Checks;

/// <summary>What the checks of a Dockerfile have found so far: each once, and not more than anybody reads.</summary>
/// <param name="settings">Which rules apply.</param>
internal sealed class CheckFindings(CheckSettings settings)
{
    /// <summary>How many warnings are told at the most.</summary>
    internal const int Most = 500;

    private readonly List<CheckWarning> _all = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>In the order in which they were found.</summary>
    internal IReadOnlyList<CheckWarning> All => _all;

    /// <summary>Whether a rule's warnings are told.</summary>
    internal bool Wants(CheckRule rule) => _all.Count < Most && settings.Applies(rule);

    /// <summary>Something was found.</summary>
    /// <param name="rule">By which rule.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="lines">Where.</param>
    internal void Add(CheckRule rule, string message, LineRange lines)
    {
        if (Wants(rule) && _known.Add(string.Create(CultureInfo.InvariantCulture, $"{lines.First} {rule.Name} {message}")))
        {
            _all.Add(new CheckWarning(rule, message, lines));
        }
    }
}
