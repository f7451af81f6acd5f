using FastRun.Engine.Filters;

namespace FastRun.Cli.Options;

/// <summary><c>--filter KEY=VALUE</c>, as often as one likes.</summary>
internal sealed class FilterOption
{
    /// <summary>What was given.</summary>
    internal FilterTerms Terms { get; } = new();

    internal Option Build(string description, char shorthand = '\0') =>
        new("filter", shorthand, "filter", description, Terms.Add);
}
