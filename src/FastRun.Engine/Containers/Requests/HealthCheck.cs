using System;
using System.Collections.Generic;

namespace FastRun.Engine.Containers.Requests;

/// <summary>How it is found out whether a container does its work (Engine API, HealthConfig). Null takes the image's, then the default.</summary>
public sealed record HealthCheck
{
    /// <summary>The default of <see cref="Interval"/> and <see cref="Timeout"/>.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);

    /// <summary>The default of <see cref="StartInterval"/>; Docker's is five seconds.</summary>
    public static readonly TimeSpan DefaultStartInterval = TimeSpan.FromSeconds(1);

    /// <summary>The default of <see cref="Retries"/>.</summary>
    public const int DefaultRetries = 3;

    /// <summary><c>NONE</c>, or <c>CMD</c> and a command line, or <c>CMD-SHELL</c> and a line for a shell.</summary>
    public IReadOnlyList<string>? Test { get; init; }

    /// <summary>The shell of <c>CMD-SHELL</c>.</summary>
    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Between two probes; also, while the container has not been healthy yet, between two failures that count.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Until a probe counts as failed.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long after the start failures do not count.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>Between two probes of a container that has not been healthy yet.</summary>
    public TimeSpan? StartInterval { get; init; }

    /// <summary>Failures in a row until the container is unhealthy.</summary>
    public int? Retries { get; init; }

    /// <summary>Whether there is something to run.</summary>
    internal bool IsEnabled => Test is { Count: > 1 } && Test[0] != "NONE";

    /// <summary>The command line.</summary>
    internal IReadOnlyList<string> Command => Test![0] == "CMD-SHELL" ? [.. Shell ?? ["/bin/sh", "-c"], Test[1]] : [.. Rest(Test)];

    /// <summary>With what the image says where this one says nothing, each field by itself.</summary>
    internal HealthCheck Over(HealthCheck image) => new()
    {
        Test = Test ?? image.Test,
        Shell = Shell ?? image.Shell,
        Interval = Interval ?? image.Interval,
        Timeout = Timeout ?? image.Timeout,
        StartPeriod = StartPeriod ?? image.StartPeriod,
        StartInterval = StartInterval ?? image.StartInterval,
        Retries = Retries ?? image.Retries,
    };

    private static IEnumerable<string> Rest(IReadOnlyList<string> test)
    {
        for (int i = 1; i < test.Count; i++)
        {
            yield return test[i];
        }
    }
}
