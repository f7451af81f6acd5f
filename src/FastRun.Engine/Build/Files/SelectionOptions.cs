using FastRun.Engine.Build.Ignore;

namespace FastRun.Engine.Build.Files;

/// <summary>How sources select files.</summary>
internal sealed record SelectionOptions
{
    /// <summary>Whether all is selected, and nothing else decides how.</summary>
    internal bool IsPlain => !Parents && Excludes.IsEmpty;

    /// <summary><c>--parents</c>: directories of the sources are kept, <c>**</c> crosses directories, <c>/./</c> says where they begin.</summary>
    internal bool Parents { get; init; }

    /// <summary><c>--exclude</c>: relative to each source; of a file its name.</summary>
    internal IgnorePatterns Excludes { get; init; } = IgnorePatterns.None;
}
