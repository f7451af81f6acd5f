using System;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Events;
using FastRun.Engine.Exec;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Engine.Supervision;
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
    private readonly StateLayout _layout;
    private readonly ContainerStore _store;
    private readonly ContainerRecord _record;
    private readonly LaunchRecord? _image;
    private ContainerState _state = new();

    private ForegroundContainer(StateLayout layout, ContainerRecord record, LaunchRecord? image)
    {
        _layout = layout;
        _store = new ContainerStore(layout);
        _record = record;
        _image = image;
    }

    /// <summary>Its name.</summary>
    internal string Name => _record.Name;

    /// <summary>What probes it while it runs; null where nothing does.</summary>
    internal HealthMonitor? Health { get; private set; }

    /// <summary>Registers it where there is something to see.</summary>
    /// <exception cref="Errors.EngineException">The name is in use.</exception>
    internal static ForegroundContainer? Publish(
        StateLayout layout, Sandbox sandbox, ContainerCreateRequest request, LaunchRecord? image)
    {
        if (request.Name is null && request.Labels.Count == 0 && !request.AutoRemove)
        {
            return null;
        }

        // A sandbox of exec, which has a name only, is not what an image's probe was written for.
        ContainerCreateRequest whole = request with
        {
            AutoRemove = true,
            Healthcheck = request.AutoRemove ? ImageHealthCheck.Merge(layout, request.Healthcheck, image) : null,
        };
        ContainerRecord record = ContainerRegistration.Register(layout, sandbox, whole, image);
        ContainerEvents.Note(layout, record, "create");
        ContainerEvents.Note(layout, record, "attach");
        return new ForegroundContainer(layout, record, image);
    }

    /// <summary>It runs: others can find its processes, and join them.</summary>
    internal void Started(ContainerLaunch launch)
    {
        JoinRecordFile.Write(_layout, _record.Id, JoinRecord.Of(launch, _record, _image));
        Health = _record.Request.Healthcheck is { } check
            ? new HealthMonitor(_layout, _record.Id, check, launch.Plan.Cgroup, NoteHealth)
            : null;
        _state = new ContainerState
        {
            Status = ContainerStatus.Running,
            BootId = BootId.Current,
            Supervisor = ProcessInstance.Current,
            Process = ProcessInstance.Of(launch.Child.Pid),
            StartedAt = DateTimeOffset.UtcNow,
            Health = Health?.State,
            CgroupLocations = [.. launch.Plan.Cgroup.Locations],
        };
        _store.WriteState(_record.Id, _state);
        ContainerEvents.Note(_layout, _record, "start");
    }

    /// <summary>It has ended.</summary>
    internal void Ended(int exitCode, bool oomKilled)
    {
        Health?.Dispose();
        ContainerEvents.Died(
            _layout, _record, _state with { ExitCode = exitCode, OomKilled = oomKilled, FinishedAt = DateTimeOffset.UtcNow });
    }

    /// <summary>Gives the name up; the rest goes with the sandbox.</summary>
    internal void Remove()
    {
        Health?.Dispose();
        _store.ReleaseName(_record);
        ContainerEvents.Note(_layout, _record, "destroy");
    }

    private void NoteHealth(HealthState health, bool changed)
    {
        _state = _state with { Health = health };
        _store.WriteState(_record.Id, _state);
        if (changed)
        {
            ContainerEvents.Note(_layout, _record, "health_status: " + health.Status);
        }
    }
}
