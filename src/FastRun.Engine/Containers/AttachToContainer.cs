using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Connects a command to a container that runs.</summary>
public sealed class AttachToContainer(StateLayout layout)
{
    /// <summary>Connects.</summary>
    /// <exception cref="EngineException">It does not run, or its streams belong to the command that runs it.</exception>
    public AttachClient Attach(Container container, AttachStreams streams) => EngineErrors.Translated(() =>
    {
        if (!container.IsRunning)
        {
            throw new EngineException(
                ErrorKind.Conflict, "You cannot attach to a stopped container, start it first");
        }

        if (container.State.Status == ContainerStatus.Paused)
        {
            throw new EngineException(
                ErrorKind.Conflict, "You cannot attach to a paused container, unpause it first");
        }

        AttachClient client = AttachClient.TryConnect(layout, container.Record, streams) ?? throw new EngineException(
            ErrorKind.Conflict,
            $"container {container.Name}: its streams are those of the command that runs it",
            hint: "leave out --rm, or add --detach, for a container that others can attach to");
        ContainerEvents.Note(layout, container.Record, "attach");
        return client;
    });
}
