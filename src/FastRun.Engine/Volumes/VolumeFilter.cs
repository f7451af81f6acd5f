using System;
using System.Collections.Generic;

namespace FastRun.Engine.Volumes;

/// <summary>Which volumes are meant; an empty filter means all.</summary>
public sealed record VolumeFilter
{
    /// <summary>True for volumes that no container needs, false for the others.</summary>
    public bool? Dangling { get; init; }

    /// <summary>Drivers, of which one must match.</summary>
    public IReadOnlyList<string> Drivers { get; init; } = [];

    /// <summary>Parts of names, of which one must match; <c>^</c> and <c>$</c> hold on to an end.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Labels that must all be there: <c>key</c> or <c>key=value</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Labels none of which may be there.</summary>
    public IReadOnlyList<string> AbsentLabels { get; init; } = [];

    /// <summary>Whether a volume passes, leaving aside whether it is used.</summary>
    internal bool Matches(VolumeSummary volume)
    {
        foreach (string label in Labels)
        {
            if (!HasLabel(volume, label))
            {
                return false;
            }
        }

        foreach (string label in AbsentLabels)
        {
            if (HasLabel(volume, label))
            {
                return false;
            }
        }

        return MatchesAny(Drivers, driver => driver == volume.Driver) && MatchesAny(Names, name => MatchesName(volume.Name, name));
    }

    private static bool MatchesAny(IReadOnlyList<string> wanted, Func<string, bool> matches)
    {
        foreach (string each in wanted)
        {
            if (matches(each))
            {
                return true;
            }
        }

        return wanted.Count == 0;
    }

    private static bool MatchesName(string name, string pattern)
    {
        bool fromStart = pattern.StartsWith('^');
        bool toEnd = pattern.EndsWith('$');
        string part = pattern[(fromStart ? 1 : 0)..(pattern.Length - (toEnd && pattern.Length > 1 ? 1 : 0))];
        return (fromStart, toEnd) switch
        {
            (true, true) => name == part,
            (true, false) => name.StartsWith(part, StringComparison.Ordinal),
            (false, true) => name.EndsWith(part, StringComparison.Ordinal),
            _ => name.Contains(part, StringComparison.Ordinal),
        };
    }

    private static bool HasLabel(VolumeSummary volume, string label)
    {
        int equals = label.IndexOf('=', StringComparison.Ordinal);
        return volume.Labels.TryGetValue(equals < 0 ? label : label[..equals], out string? value)
            && (equals < 0 || value == label[(equals + 1)..]);
    }
}
