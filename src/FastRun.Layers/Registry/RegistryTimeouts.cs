using System;

namespace FastRun.Layers.Registry;

/// <summary>How long the client waits, and how often it asks again.</summary>
public sealed record RegistryTimeouts
{
    /// <summary>For a connection, its encryption included.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the next byte of a response.</summary>
    public TimeSpan Progress { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many bytes must come on a connection while <see cref="Progress"/> is spent waiting for them: a server that sends just
    /// one now and then is as good as one that sends none.
    /// </summary>
    public int ProgressBytes { get; init; } = 64 << 10;

    /// <summary>Before the second attempt; it doubles from attempt to attempt, give or take a fifth.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait before an attempt, also where a server asks for more with Retry-After.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often one request is made before its failure counts. A blob that goes on arriving is counted anew.</summary>
    public int Attempts { get; init; } = 5;
}
