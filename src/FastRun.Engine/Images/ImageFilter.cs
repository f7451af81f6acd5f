using System;
using System.Collections.Generic;

namespace FastRun.Engine.Images;

/// <summary>Which images to list; an empty filter takes all.</summary>
public sealed record ImageFilter
{
    /// <summary>True for images without a name, false for those with one.</summary>
    public bool? Dangling { get; init; }

    /// <summary>Patterns of names, of which one must match: <c>*</c> and <c>?</c> stay within a component.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Labels that all must be there: <c>key</c> or <c>key=value</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Only images made before this one.</summary>
    public string? Before { get; init; }

    /// <summary>Only images made before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only images made after this one.</summary>
    public string? Since { get; init; }
}
