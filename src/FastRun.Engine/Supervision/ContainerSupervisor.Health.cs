using FastRun.Engine.Containers.Records;
using FastRun.Engine.Events;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Supervision;

/// <content>Health checks: one probe at a time, beside all else.</content>
public sealed partial class ContainerSupervisor
{
    private HealthMonitor? _health;

    /// <summary>The container runs: the first probe is due.</summary>
    private HealthState? BeginHealth(ContainerLaunch launch)
    {
        _health = Request.Healthcheck is { } check
            ? new HealthMonitor(_layout, _record.Id, check, launch.Plan.Cgroup, NoteHealth)
            : null;
        return _health?.State;
    }

    /// <summary>It runs no more.</summary>
    private void EndHealth()
    {
        _health?.Dispose();
        _health = null;
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
