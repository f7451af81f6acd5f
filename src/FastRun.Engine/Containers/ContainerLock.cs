using System;
using System.Diagnostics;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.References;
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
        Sandbox? held = null;
        return TryPatiently(() =>
        {
            held = Sandbox.TryAdopt(layout, id);
            Container? container = store.TryRead(id);
            if (container is null)
            {
                held?.Dispose();
                throw new EngineException(ErrorKind.NotFound, $"No such container: {id}");
            }

            return held is not null || container.IsRunning;
        })
            ? held
            : throw new EngineException(ErrorKind.Conflict, $"container {ShortId.Of(id)}: another command is working on it");
    }

    /// <summary>
    /// Reclaims a container that was to go when it ended, and whose supervisor was killed. The lock of such a process can outlive
    /// it for a while: until the disk has answered what its second thread waits for.
    /// </summary>
    /// <returns>False where it runs, or stays when it has ended, or a part could not be removed.</returns>
    internal static bool TryReclaim(StateLayout layout, string id)
    {
        ContainerStore store = new(layout);
        bool reclaimed = false;
        TryPatiently(() =>
        {
            bool isDying = IsHeldByTheDead(layout, store, id);
            reclaimed = AbandonedSandboxes.TryReclaim(layout, id, []);
            return reclaimed || !isDying;
        });
        return reclaimed;
    }

    private static bool IsHeldByTheDead(StateLayout layout, ContainerStore store, string id)
    {
        if (store.TryReadAny(id) is not { Damage: null, Record.IsTransient: true, Written.Status: ContainerStatus.Running or ContainerStatus.Restarting } container
            || container.IsRunning)
        {
            return false;
        }

        using Sandbox? free = Sandbox.TryAdopt(layout, id);
        return free is null;
    }

    /// <summary>Tries until it succeeds; false when patience is at its end.</summary>
    internal static bool TryPatiently(Func<bool> attempt)
    {
        using PollSet pause = new();
        long start = Stopwatch.GetTimestamp();
        while (!attempt())
        {
            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > PatienceMilliseconds)
            {
                return false;
            }

            pause.Wait(1);
        }

        return true;
    }
}
