using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Stops all processes of a container for a while, by the freezer of cgroup v2.</summary>
public sealed class PauseContainer(StateLayout layout)
{
    /// <summary>Stops them.</summary>
    /// <exception cref="EngineException">The container does not run, or is paused already.</exception>
    public void Pause(Container container) => EngineErrors.Translated(() =>
    {
        using RunningContainer running = Open(container);
        if (container.State.Status == ContainerStatus.Paused)
        {
            throw new EngineException(ErrorKind.Conflict, $"Container {container.Id} is already paused");
        }

        running.Cgroup.Freeze();
        ContainerEvents.Note(layout, container.Record, "pause");
        return 0;
    });

    /// <summary>Lets them go on.</summary>
    /// <exception cref="EngineException">The container is not paused.</exception>
    public void Unpause(Container container) => EngineErrors.Translated(() =>
    {
        using RunningContainer running = Open(container);
        if (container.State.Status != ContainerStatus.Paused)
        {
            throw new EngineException(ErrorKind.Conflict, $"Container {container.Id} is not paused");
        }

        running.Cgroup.Thaw();
        ContainerEvents.Note(layout, container.Record, "unpause");
        return 0;
    });

    private static RunningContainer Open(Container container) => RunningContainer.TryOpen(container)
        ?? throw new EngineException(ErrorKind.Conflict, $"Container {container.Id} is not running");
}
