using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Host;
using FastRun.Engine.State;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Containers;

/// <summary>Starts a container under a supervisor of its own.</summary>
public sealed class StartContainer(StateLayout layout)
{
    /// <summary>Starts it and returns once it runs.</summary>
    /// <param name="container">The container.</param>
    /// <param name="streams">The streams that the caller is connected to from the first byte on.</param>
    /// <returns>The connection; null where it runs already.</returns>
    /// <exception cref="EngineException">It cannot be started.</exception>
    public AttachClient? Start(Container container, AttachStreams streams) => EngineErrors.Translated(() =>
    {
        using Sandbox? held = ContainerLock.TakeIdle(layout, container.Id);
        if (held is null)
        {
            return null;
        }

        (Fd ours, Fd theirs) = UnixSocket.Pair();
        AttachClient client = new(layout, ours, container.Record);
        try
        {
            if (streams != AttachStreams.None)
            {
                ContainerEvents.Note(layout, container.Record, "attach");
            }

            using (theirs)
            {
                SupervisorProcess.Start(layout, container.Id, held.Share(), theirs, streams);
            }

            client.WaitUntilStarted();
            return client;
        }
        catch (EngineException exception)
        {
            client.Dispose();
            throw KernelSupport.Explain(exception);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    });
}
