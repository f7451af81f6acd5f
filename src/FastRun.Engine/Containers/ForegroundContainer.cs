using System;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Engine.Containers;

/// <summary>
/// What others see of a sandbox that its own command supervises: a container that goes when it ends. A sandbox without a
/// name, labels or --rm is nobody's business, and costs nothing here.
/// </summary>
internal sealed class ForegroundContainer
{
    private readonly ContainerStore _store;
    private readonly ContainerRecord _record;

    private ForegroundContainer(ContainerStore store, ContainerRecord record) => (_store, _record) = (store, record);

    /// <summary>Registers it where there is something to see.</summary>
    /// <exception cref="Errors.EngineException">The name is in use.</exception>
    internal static ForegroundContainer? Publish(
        StateLayout layout, Sandbox sandbox, ContainerCreateRequest request, LaunchRecord? image)
    {
        if (request.Name is null && request.Labels.Count == 0 && !request.AutoRemove)
        {
            return null;
        }

        ContainerRecord record = ContainerRegistration.Register(layout, sandbox, request with { AutoRemove = true }, image);
        return new ForegroundContainer(new ContainerStore(layout), record);
    }

    /// <summary>It runs: others can find its processes.</summary>
    internal void Started(ContainerLaunch launch) => _store.WriteState(_record.Id, new ContainerState
    {
        Status = ContainerStatus.Running,
        BootId = BootId.Current,
        Supervisor = ProcessInstance.Current,
        Process = ProcessInstance.Of(launch.Child.Pid),
        StartedAt = DateTimeOffset.UtcNow,
        CgroupLocations = [.. launch.Plan.Cgroup.Locations],
    });

    /// <summary>Gives the name up; the rest goes with the sandbox.</summary>
    internal void Remove() => _store.ReleaseName(_record);
}
