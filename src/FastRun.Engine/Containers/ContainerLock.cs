using System.Diagnostics;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Containers;

/// <summary>The lock of a container that does not run: who starts, changes or removes it holds it.</summary>
internal static class ContainerLock
{
    private const long PatienceMilliseconds = 30_000;

    /// <summary>Takes the lock, waiting for a command or a supervisor that is about to let go of it.</summary>
    /// <returns>Null where the container runs.</returns>
    /// <exception cref="EngineException">It is gone, or somebody holds on to it.</exception>
    internal static Sandbox? TakeIdle(StateLayout layout, string id)
    {
        ContainerStore store = new(layout);
        using PollSet pause = new();
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Sandbox? held = Sandbox.TryAdopt(layout, id);
            Container? container = store.TryRead(id);
            if (container is null)
            {
                held?.Dispose();
                throw new EngineException(ErrorKind.NotFound, $"No such container: {id}");
            }

            if (held is not null)
            {
                return held;
            }

            if (container.IsRunning)
            {
                return null;
            }

            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > PatienceMilliseconds)
            {
                throw new EngineException(ErrorKind.Conflict, $"container {id[..12]}: another command is working on it");
            }

            pause.Wait(1);
        }
    }
}
