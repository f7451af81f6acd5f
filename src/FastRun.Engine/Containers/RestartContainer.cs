using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Stops a container if it runs, and starts it.</summary>
public sealed class RestartContainer(StateLayout layout)
{
    /// <summary>Restarts it and returns once it runs again. One that was to be removed when it ends stays.</summary>
    /// <param name="container">The container.</param>
    /// <param name="signal">The signal that asks it to end; null for its own.</param>
    /// <param name="seconds">How long it may take to end; -1 for as long as it likes; null for its own time.</param>
    /// <returns>What the user should know of the host.</returns>
    /// <exception cref="EngineException">It cannot be stopped or started.</exception>
    public IReadOnlyList<string> Restart(Container container, string? signal = null, int? seconds = null) => EngineErrors.Translated(() =>
    {
        if (container.IsRunning)
        {
            if (container.Record.Request.AutoRemove)
            {
                Keep(container);
            }

            new StopContainer(layout).Stop(container, signal, seconds);
        }

        using AttachClient? client = new StartContainer(layout).Start(container, AttachStreams.None);
        ContainerEvents.Note(layout, container.Record, "restart");
        return client?.Warnings ?? [];
    });

    /// <summary>Its supervisor is told not to remove it; one that its own command supervises goes with that.</summary>
    private void Keep(Container container)
    {
        using (AttachClient? supervisor = AttachClient.TryConnect(layout, container.Record, AttachStreams.None))
        {
            if (supervisor is null)
            {
                throw new EngineException(
                    ErrorKind.Conflict,
                    $"Cannot restart container {container.Name}: it is removed when the command that runs it ends",
                    hint: "leave out --rm, or add --detach, for a container that can be restarted");
            }
        }

        StopRequest.Keep(layout, container.Id);
    }
}
