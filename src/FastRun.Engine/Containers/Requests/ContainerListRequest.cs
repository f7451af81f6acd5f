using FastRun.Engine.Filters;

namespace FastRun.Engine.Containers.Requests;

/// <summary>Which containers are listed (Engine API, ContainerList).</summary>
public sealed record ContainerListRequest
{
    /// <summary>Also those that do not run.</summary>
    public bool All { get; init; }

    /// <summary>At most so many, the last ones created, running or not; 0 or less for no limit.</summary>
    public int Limit { get; init; }

    /// <summary>Whether the sizes are measured.</summary>
    public bool Size { get; init; }

    /// <summary>What they must be like.</summary>
    public FilterTerms Filters { get; init; } = new();
}
