using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Launch;
using FastRun.Layers.Images;
using FastRun.Native.Capabilities;
using FastRun.Native.Launch;

namespace FastRun.Engine.Exec;

/// <summary>
/// What one more process needs to join a container that runs: <c>containers/&lt;id&gt;/join</c>, written once the container
/// has started. It tells how the container *was* started, so that a joining process has the same rights; and it is one small
/// file, so that joining reads no other.
/// </summary>
internal sealed record JoinRecord
{
    /// <summary>The boot in which it was written.</summary>
    internal required Guid BootId { get; init; }

    /// <summary>The container's first process.</summary>
    internal required ProcessInstance Process { get; init; }

    /// <summary>Its name.</summary>
    internal required string Name { get; init; }

    /// <summary>Its image, as it was asked for.</summary>
    internal required string Image { get; init; }

    /// <summary>Its labels, <c>key=value</c>.</summary>
    internal required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Where its cgroups are.</summary>
    internal required IReadOnlyList<string> CgroupLocations { get; init; }

    /// <summary>Whether its processes are in the group <c>init</c> of its cgroup.</summary>
    internal required bool Delegated { get; init; }

    /// <summary>Its environment without what depends on the user and on a terminal.</summary>
    internal required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The user that it runs as.</summary>
    internal required ProcessIdentity Identity { get; init; }

    /// <summary>The groups that its users have besides, by name or number.</summary>
    internal required IReadOnlyList<string> GroupAdd { get; init; }

    /// <summary>Its working directory.</summary>
    internal required string WorkingDirectory { get; init; }

    /// <summary>Its capabilities.</summary>
    internal required CapabilitySet Capabilities { get; init; }

    /// <summary>Whether it has a seccomp filter.</summary>
    internal required bool Filtered { get; init; }

    /// <summary>The instructions of its filter; empty for the built-in one.</summary>
    internal required byte[] Filter { get; init; }

    /// <summary>Whether no_new_privs is set.</summary>
    internal required bool NoNewPrivileges { get; init; }

    /// <summary>The resource limits that were asked for.</summary>
    internal required IReadOnlyList<ResourceLimit> ResourceLimits { get; init; }

    /// <summary>Its oom_score_adj; empty where it was not asked for.</summary>
    internal required string OomScoreAdjustment { get; init; }

    /// <summary>What a launch has come to.</summary>
    internal static JoinRecord Of(ContainerLaunch launch, ContainerRecord container, LaunchRecord? image)
    {
        LaunchPlan plan = launch.Plan;
        ContainerCreateRequest request = container.Request;
        return new JoinRecord
        {
            BootId = Native.BootId.Current,
            Process = ProcessInstance.Of(launch.Child.Pid),
            Name = container.Name,
            Image = request.Image,
            Labels = [.. request.Labels.Select(static label => $"{label.Key}={label.Value}")],
            CgroupLocations = plan.Cgroup.Locations,
            Delegated = request.Privileged,
            Environment = ContainerEnvironment.Configured(request, image, plan.HostName, tty: false, plan.LinkVariables),
            Identity = plan.Identity,
            GroupAdd = request.GroupAdd,
            WorkingDirectory = plan.WorkingDirectory,
            Capabilities = plan.Capabilities,
            Filtered = plan.Seccomp is not null,
            Filter = plan.Seccomp is { IsBuiltIn: false } filter ? filter.Program.ToArray() : [],
            NoNewPrivileges = plan.NoNewPrivileges,
            ResourceLimits = plan.ResourceLimits,
            OomScoreAdjustment = plan.OomScoreAdjustment ?? "",
        };
    }
}
