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

        using RunningContainer? running = RunningContainer.Await(layout, container);
        if (running is null)
        {
            // It may have ended since it was read.
            return new ContainerStore(layout).TryRead(container.Id)?.State.ExitCode
                ?? (container.IsRunning ? throw Removed(container) : container.State.ExitCode);
        }

        running.WaitForProcess(-1);
        return running.WaitForRecord(layout)?.State.ExitCode ?? throw Removed(container);
    });

    private static EngineException Removed(Container container) =>
        new(ErrorKind.NotFound, $"container {container.Name}: it was removed when it ended");
}
