using System;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.Engine.Volumes;

/// <summary>Docker's filters of volumes (Engine API, VolumeList and VolumePrune).</summary>
public sealed class VolumeFilter
{
    private readonly FilterTerms _terms;

    private VolumeFilter(FilterTerms terms) => _terms = terms;

    /// <summary>All volumes.</summary>
    public static VolumeFilter All { get; } = new(new FilterTerms());

    /// <summary>True for volumes that no container needs, false for the others; null for both.</summary>
    public bool? Dangling => _terms.Flag("dangling");

    /// <summary>Whether also volumes that somebody named are meant, where that is asked: null where nothing was said.</summary>
    public bool? Named => _terms.Flag("all");

    /// <summary>What a list may be asked for.</summary>
    /// <exception cref="EngineException">A key means nothing there, or has a value that it cannot have.</exception>
    public static VolumeFilter OfList(FilterTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        terms.RequireKnown("dangling", "driver", "label", "name");
        VolumeFilter filter = new(terms);
        _ = filter.Dangling;
        terms.RequirePatterns("name");
        return filter;
    }

    /// <summary>What may be pruned.</summary>
    /// <exception cref="EngineException">A key means nothing there, or has a value that it cannot have.</exception>
    public static VolumeFilter OfPrune(FilterTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        terms.RequireKnown("all", "label", "label!");
        VolumeFilter filter = new(terms);
        _ = filter.Named;
        return filter;
    }

    /// <summary>Whether a volume passes, leaving aside whether it is used.</summary>
    internal bool Matches(VolumeSummary volume) =>
        _terms.Matches("name", volume.Name) && _terms.IsOneOf("driver", volume.Driver) && _terms.MatchesLabels(volume.Labels);
}
