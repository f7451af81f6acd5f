using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Engine.Containers;

/// <summary>Stops containers: the stop signal, time to end, then the end of all their processes.</summary>
public sealed class StopContainer(StateLayout layout)
{
    private const int DefaultSeconds = 10;

    /// <summary>Stops a container and returns when it has ended. One that does not run is no error.</summary>
    /// <param name="container">The container.</param>
    /// <param name="signal">The signal that asks it to end; null for its own.</param>
    /// <param name="seconds">How long it may take; -1 for as long as it likes; null for its own time.</param>
    /// <exception cref="EngineException">It cannot be stopped.</exception>
    public void Stop(Container container, string? signal = null, int? seconds = null) => EngineErrors.Translated(() =>
    {
        int number = signal is null ? StopSignalOf(container) : SignalSyntax.Parse(signal);
        StopRequest.Make(layout, container.Id);
        using RunningContainer? running = RunningContainer.Await(layout, container);
        if (running is not null)
        {
            int allowed = seconds ?? container.Record.Request.StopTimeoutSeconds ?? DefaultSeconds;
            ContainerEvents.Killed(layout, container.Record, number);
            bool ended = running.Signal(number);
            if (!ended && running.Container.State.Status == ContainerStatus.Paused)
            {
                running.Cgroup.Thaw();
            }

            if (!running.WaitForProcess(allowed < 0 ? -1 : allowed * 1000L))
            {
                ContainerEvents.Killed(layout, container.Record, SignalSyntax.Parse("KILL"));
                running.Kill();
                running.WaitForProcess(-1);
            }

            running.WaitForRecord(layout);
            ContainerEvents.Note(layout, container.Record, "stop");
        }

        return 0;
    });

    /// <summary>Sends a signal to a container's first process.</summary>
    /// <exception cref="EngineException">The container does not run.</exception>
    public void Kill(Container container, string signal = "KILL") => EngineErrors.Translated(() =>
    {
        int number = SignalSyntax.Parse(signal);
        if (number == SignalSyntax.Parse("KILL") || number == StopSignalOf(container))
        {
            StopRequest.Make(layout, container.Id);
        }

        using RunningContainer running = RunningContainer.TryOpen(container) ?? throw new EngineException(
            ErrorKind.Conflict, $"Cannot kill container: {container.Name}: container {container.Id} is not running");
        ContainerEvents.Killed(layout, container.Record, number);
        if (running.Signal(number))
        {
            running.WaitForProcess(-1);
            running.WaitForRecord(layout);
        }

        return 0;
    });

    private int StopSignalOf(Container container)
    {
        if (container.Record.Request.StopSignal is not null || container.Record.ImageId.Length == 0)
        {
            return StopSignal.Of(container.Record.Request, image: null);
        }

        using ImageLease image = ContainerImageUsers.OpenStore(layout).Open(ImageLocation.Parse(container.Record.ImageId));
        return StopSignal.Of(container.Record.Request, image.Record);
    }
}
