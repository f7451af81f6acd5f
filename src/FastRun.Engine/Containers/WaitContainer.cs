using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Waits for the end of containers.</summary>
public sealed class WaitContainer(StateLayout layout)
{
    /// <summary>Waits until a container does not run, and returns its exit code.</summary>
    /// <exception cref="EngineException">It was removed before its exit code could be read.</exception>
    public int Wait(Container container) => EngineErrors.Translated(() =>
    {
        // The supervisor tells its clients, also of a container that removes itself.
        using AttachClient? client = AttachClient.TryConnect(layout, container.Record, AttachStreams.None);
        if (client?.WaitUntilExited() is { } code)
        {
            return code;
        }

        using RunningContainer? running = RunningContainer.TryOpen(container);
        if (running is null)
        {
            return container.State.ExitCode;
        }

        running.WaitForProcess(-1);
        ContainerState ended = running.WaitForRecord(layout)?.State
            ?? throw new EngineException(ErrorKind.NotFound, $"container {container.Name}: it was removed when it ended");
        return ended.ExitCode;
    });
}
