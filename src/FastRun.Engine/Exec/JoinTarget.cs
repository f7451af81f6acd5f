using System;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;

namespace FastRun.Engine.Exec;

/// <summary>A container that runs, found and held: its first process by pidfd, so that no later one of its number is meant.</summary>
internal sealed class JoinTarget : IDisposable
{
    private JoinTarget(string id, JoinRecord record, Fd process)
    {
        Id = id;
        Record = record;
        Process = process;
    }

    /// <summary>64 hex digits.</summary>
    internal string Id { get; }

    /// <summary>How it was started.</summary>
    internal JoinRecord Record { get; }

    /// <summary>A pidfd of its first process.</summary>
    internal Fd Process { get; }

    /// <summary>Whether its first process is still there.</summary>
    internal bool IsAlive => Record.Process.IsAlive();

    /// <summary>Finds it by its whole id, its name, or the only id that begins so.</summary>
    /// <exception cref="EngineException">There is none, or it does not run.</exception>
    internal static JoinTarget Open(StateLayout layout, string nameOrId)
    {
        // As ContainerStore.Find does, but with one small file instead of the container's records.
        string name = nameOrId.StartsWith('/') ? nameOrId[1..] : nameOrId;
        string? id = Sandbox.IsId(name) ? name
            : Names.IsValid(name) ? new ContainerNames(layout).TryRead(name)
            : null;
        if (id is not null && TryOpen(layout, id) is { } target)
        {
            return target;
        }

        Container container = new ContainerStore(layout).Find(nameOrId);
        return TryOpen(layout, container.Id) ?? throw NotRunning(container);
    }

    /// <summary>It has ended meanwhile.</summary>
    internal EngineException NotRunning() =>
        new(ErrorKind.Conflict, $"container {Id} is not running");

    /// <inheritdoc/>
    public void Dispose() => Process.Dispose();

    private static JoinTarget? TryOpen(StateLayout layout, string id) =>
        JoinRecordFile.TryRead(layout, id) is { } record && record.BootId == BootId.Current
        && record.Process.TryOpen() is { } process
            ? new JoinTarget(id, record, process)
            : null;

    private static EngineException NotRunning(Container container) => new(
        ErrorKind.Conflict,
        container.State.Status == ContainerStatus.Restarting
            ? $"container {container.Id} is restarting, wait until the container is running"
            : $"container {container.Id} is not running");
}
