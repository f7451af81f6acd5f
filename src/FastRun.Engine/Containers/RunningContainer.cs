using System;
using System.Diagnostics;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Launch;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Containers;

/// <summary>
/// The processes of a container that another process supervises, held so that no later process of the same number can be
/// meant: its first process by pidfd, all of them by cgroup.
/// </summary>
internal sealed class RunningContainer : IDisposable
{
    private const long StepMilliseconds = 5;

    private readonly Fd _supervisor;

    private RunningContainer(Container container, Fd process, Fd supervisor, CgroupHierarchy hierarchy, Cgroup cgroup)
    {
        Container = container;
        Process = process;
        _supervisor = supervisor;
        Hierarchy = hierarchy;
        Cgroup = cgroup;
    }

    /// <summary>The container as it was found.</summary>
    internal Container Container { get; }

    /// <summary>A pidfd of its first process.</summary>
    internal Fd Process { get; }

    /// <summary>The hierarchies that its cgroup is in.</summary>
    internal CgroupHierarchy Hierarchy { get; }

    /// <summary>Its cgroup.</summary>
    internal Cgroup Cgroup { get; }

    /// <summary>Holds the processes of a container; null where it has none (any more).</summary>
    internal static RunningContainer? TryOpen(Container container)
    {
        ContainerState state = container.State;
        if (state.Status is not (ContainerStatus.Running or ContainerStatus.Paused))
        {
            return null;
        }

        Fd? supervisor = state.Supervisor.TryOpen();
        Fd? process = state.Process.TryOpen();
        CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        Cgroup? cgroup = Cgroup.Open(hierarchy, state.CgroupLocations);
        if (supervisor is not null && process is not null && cgroup is not null)
        {
            return new RunningContainer(container, process, supervisor, hierarchy, cgroup);
        }

        supervisor?.Dispose();
        process?.Dispose();
        cgroup?.Dispose();
        hierarchy.Dispose();
        return null;
    }

    /// <summary>
    /// Holds the processes of a container that somebody has asked to end: where it is between two runs, or its end is not on record
    /// yet, its supervisor is waited for, which sees the request.
    /// </summary>
    /// <returns>Null once it does not run.</returns>
    internal static RunningContainer? Await(StateLayout layout, Container container)
    {
        ContainerStore store = new(layout);
        for (Container? now = container; now is { IsRunning: true }; now = store.TryReadAny(now.Id))
        {
            if (TryOpen(now) is { } running)
            {
                return running;
            }

            using Fd? supervisor = now.Written.Supervisor.TryOpen();
            if (supervisor is not null)
            {
                WaitForEnd(supervisor, StepMilliseconds);
            }
        }

        return null;
    }

    /// <summary>Sends a signal; returns whether the whole container was ended with it.</summary>
    internal bool Signal(int signal) => SignalDelivery.Send(Process, Container.State.Process.Pid, Cgroup, signal);

    /// <summary>Ends every process.</summary>
    internal void Kill() => SignalDelivery.Kill(Process, Cgroup);

    /// <summary>Waits until its first process has ended.</summary>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>Whether it has.</returns>
    internal bool WaitForProcess(long milliseconds)
    {
        using PollSet poll = new();
        int entry = poll.Add(Process.Number, PollEvents.Readable);
        long end = milliseconds < 0 ? long.MaxValue : Now + milliseconds;
        while (poll.Ready(entry) == PollEvents.None && (milliseconds < 0 || Now < end))
        {
            poll.Wait(milliseconds < 0 ? -1 : end - Now);
        }

        return poll.Ready(entry) != PollEvents.None;
    }

    /// <summary>
    /// After its first process has ended: waits until its supervisor has written down how, or has removed the container and
    /// is gone.
    /// </summary>
    /// <returns>What the container came to; null where it was removed.</returns>
    internal Container? WaitForRecord(StateLayout layout)
    {
        ContainerStore store = new(layout);
        using PollSet poll = new();
        int entry = poll.Add(_supervisor.Number, PollEvents.Readable);
        while (true)
        {
            bool gone = poll.Ready(entry) != PollEvents.None;
            Container? container = store.TryRead(Container.Id);
            if (gone || (container is not null && !container.Record.Request.AutoRemove && !IsSameRun(container.Written)))
            {
                return container;
            }

            poll.Wait(container is null ? -1 : 1);
        }
    }

    /// <summary>After its first process has ended: waits until its supervisor is gone.</summary>
    internal void WaitForSupervisor() => WaitForEnd(_supervisor);

    private static void WaitForEnd(Fd process, long milliseconds = -1)
    {
        using PollSet poll = new();
        int entry = poll.Add(process.Number, PollEvents.Readable);
        do
        {
            poll.Wait(milliseconds);
        }
        while (milliseconds < 0 && poll.Ready(entry) == PollEvents.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Process.Dispose();
        _supervisor.Dispose();
        Cgroup.Dispose();
        Hierarchy.Dispose();
    }

    private static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    private bool IsSameRun(ContainerState state) =>
        state.Process == Container.State.Process;
}
