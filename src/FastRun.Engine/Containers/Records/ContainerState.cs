using System;
using FastRun.Native.Launch;

namespace FastRun.Engine.Containers.Records;

/// <summary>
/// What changes over a container's life: <c>containers/&lt;id&gt;/state.json</c>. Only who holds the container's lock writes
/// it, which is its supervisor while it runs.
/// </summary>
public sealed record ContainerState
{
    internal const int CurrentSchema = 1;

    /// <summary>The form of the record.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>What it was doing when this was written.</summary>
    public ContainerStatus Status { get; init; } = ContainerStatus.Created;

    /// <summary>The boot in which it ran.</summary>
    public Guid BootId { get; init; }

    /// <summary>Who holds it; without that process it does not run, whatever the status says.</summary>
    public ProcessInstance Supervisor { get; init; }

    /// <summary>Its first process.</summary>
    public ProcessInstance Process { get; init; }

    /// <summary>The exit code of its last run: 128 and the signal's number for one that was killed.</summary>
    public int ExitCode { get; init; }

    /// <summary>Whether the kernel killed a process of it for want of memory.</summary>
    public bool OomKilled { get; init; }

    /// <summary>Why it could not be started; empty where it could.</summary>
    public string Error { get; init; } = "";

    /// <summary>When it was started last; null before the first time.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended last; null before the first time.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How often its restart policy has started it again.</summary>
    public int RestartCount { get; init; }

    /// <summary>How its probes go; null where it has none.</summary>
    public HealthState? Health { get; init; }

    /// <summary>Whether somebody stopped its last run, so that <c>unless-stopped</c> does not start it after a boot.</summary>
    public bool StoppedByHand { get; init; }

    /// <summary>Where its cgroups are while it runs, for others to open.</summary>
    public string[] CgroupLocations { get; init; } = [];

    /// <summary>Whether the process that holds it is alive.</summary>
    internal bool IsHeld =>
        Status is ContainerStatus.Running or ContainerStatus.Restarting
        && BootId == Native.BootId.Current && Supervisor.IsAlive();
}
