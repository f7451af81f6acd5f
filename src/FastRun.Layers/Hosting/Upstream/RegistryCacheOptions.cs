using System;

namespace FastRun.Layers.Hosting.Upstream;

/// <summary>How long and how much a cache keeps.</summary>
public sealed record RegistryCacheOptions
{
    /// <summary>How long a tag means what it meant, before the registry is asked again.</summary>
    public TimeSpan TagLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most bytes of all that is kept; null for no limit.</summary>
    public long? MaxSize { get; init; }
}
