using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.State;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Removes containers.</summary>
public sealed class RemoveContainer(StateLayout layout)
{
    /// <summary>Removes a container and its files.</summary>
    /// <param name="container">The container.</param>
    /// <param name="force">Whether a running one is killed first.</param>
    /// <param name="volumes">Whether its anonymous volumes go too.</param>
    /// <exception cref="EngineException">It runs, or something of it could not be removed.</exception>
    public void Remove(Container container, bool force, bool volumes) => EngineErrors.Translated(() =>
    {
        if (container.IsRunning)
        {
            if (!force)
            {
                throw new EngineException(
                    ErrorKind.Conflict,
                    $"cannot remove container \"/{container.Name}\": container is {container.State.Status.ToString().ToLowerInvariant()}: stop the container before removing or force remove");
            }

            End(container);
        }

        try
        {
            using Sandbox held = TakeIdle(container) ?? throw new EngineException(
                ErrorKind.Conflict, $"cannot remove container \"/{container.Name}\": it was started meanwhile");
            ContainerRemoval.RemoveHeld(layout, container.Record, held, volumes);
        }
        catch (EngineException exception) when (exception.Kind == ErrorKind.NotFound && container.Record.Request.AutoRemove)
        {
            // It went by itself when it ended.
        }

        return 0;
    });

    private Sandbox? TakeIdle(Container container) => container.Damage is null
        ? ContainerLock.TakeIdle(layout, container.Id)
        : Sandbox.TryAdopt(layout, container.Id);

    private void End(Container container)
    {
        StopRequest.Make(layout, container.Id);
        using RunningContainer? running = RunningContainer.Await(layout, container);
        if (running is not null)
        {
            ContainerEvents.Killed(layout, container.Record, SignalSyntax.Parse("KILL"));
            running.Kill();
            running.WaitForProcess(-1);
            if (container.Damage is null)
            {
                running.WaitForRecord(layout);
            }
            else
            {
                running.WaitForSupervisor();
            }
        }
    }
}
