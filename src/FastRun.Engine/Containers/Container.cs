using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Records;

namespace FastRun.Engine.Containers;

/// <summary>A container as its records tell.</summary>
/// <param name="Record">What it is.</param>
/// <param name="Written">What it was doing when it was written down last.</param>
public sealed record Container(ContainerRecord Record, ContainerState Written)
{
    /// <summary>What a container whose supervisor was killed is taken to have ended with: the kill took it too.</summary>
    private const int KilledCode = 137;

    private ContainerState? _state;
    private bool? _isHeld;

    /// <summary>64 hex digits.</summary>
    public string Id => Record.Id;

    /// <summary>Its name.</summary>
    public string Name => Record.Name;

    /// <summary>Why its records cannot be read, so that it can only be removed; null where they can.</summary>
    public string? Damage { get; init; }

    /// <summary>
    /// What it is doing: what was written, unless the process that would have written something newer is gone. The machine
    /// was booted since, or the supervisor was killed.
    /// </summary>
    public ContainerState State => _state ??= Settled();

    /// <summary>Whether it has processes.</summary>
    public bool IsRunning
    {
        get => _isHeld ??= Written.IsHeld;
        init => _isHeld = value;
    }

    /// <summary>Tells whether the cgroup at these locations is frozen; many containers share it.</summary>
    internal Func<IReadOnlyList<string>, bool> Freezer { get; init; } = static _ => false;

    private ContainerState Settled()
    {
        if (Written.Status is not (ContainerStatus.Running or ContainerStatus.Restarting))
        {
            return Written;
        }

        if (!IsRunning)
        {
            return Written with
            {
                Status = ContainerStatus.Exited,
                ExitCode = KilledCode,
                FinishedAt = Written.FinishedAt ?? Written.StartedAt,
            };
        }

        // Its supervisor is not asked when it is paused: the kernel knows.
        return Written.Status == ContainerStatus.Running && Freezer(Written.CgroupLocations)
            ? Written with { Status = ContainerStatus.Paused }
            : Written;
    }
}
