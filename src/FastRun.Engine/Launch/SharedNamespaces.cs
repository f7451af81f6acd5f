using System;
using System.Globalization;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch;

/// <summary>
/// What a container has of the namespaces of others (Engine API, HostConfig: PidMode and IpcMode): their first processes by pidfd, so
/// that no later one of the same number is meant, and the file systems through which the namespaces are seen.
/// </summary>
internal sealed class SharedNamespaces
{
    private const MountAttributes NoAnything = MountAttributes.NoSuid | MountAttributes.NoExec | MountAttributes.NoDev;

    /// <summary>A process of the PID namespace to enter; null for a new one, or the host's.</summary>
    internal Fd? Pid { get; private init; }

    /// <summary>The proc file system of that namespace, detached.</summary>
    internal Fd? Proc { get; private init; }

    /// <summary>A process of the IPC namespace to enter; null for a new one, or the host's.</summary>
    internal Fd? Ipc { get; private init; }

    /// <summary>The /dev/shm of others, detached; null for one of its own, or none.</summary>
    internal Fd? SharedMemory { get; private init; }

    /// <summary>Opens them.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="modes">What the container asks for.</param>
    /// <param name="memory">Whether it has the /dev/shm, too: not where it mounts something else there.</param>
    /// <param name="owned">Takes the descriptors.</param>
    /// <exception cref="EngineException">The other container is not there, does not run, or shares nothing.</exception>
    internal static SharedNamespaces Open(StateLayout layout, NamespaceModes modes, bool memory, RunResources owned)
    {
        if (!modes.SharesPid && !modes.SharesIpc)
        {
            return new SharedNamespaces();
        }

        Fd? pid = null;
        Fd? proc = null;
        if (modes.PidContainer is { } seen)
        {
            const string what = "failed to join PID namespace";
            Container other = Running(layout, seen, what);
            pid = owned.Own(Process(other, seen, what));
            proc = owned.Own(ProcOf(other, pid) ?? throw new EngineException(
                ErrorKind.Conflict, $"{what}: container {seen}: what it has at /proc does not show its own processes"));
        }

        Fd? ipc = null;
        Fd? sharedMemory = modes.HasHostIpc && memory ? MountTree.Clone("/dev/shm", recursive: false) : null;
        if (modes.IpcContainer is { } donor)
        {
            const string what = "failed to join IPC namespace";
            Container other = Running(layout, donor, what);
            if (!other.Record.Request.Namespaces.OffersIpc)
            {
                throw EngineException.Invalid($"{what}: container {donor}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
            }

            ipc = owned.Own(Process(other, donor, what));
            sharedMemory = memory ? Clone(ipc, "dev/shm") ?? throw new EngineException(
                ErrorKind.Conflict, $"{what}: container {donor}: it has no /dev/shm") : null;
        }

        return new SharedNamespaces { Pid = pid, Proc = proc, Ipc = ipc, SharedMemory = sharedMemory is null ? null : owned.Own(sharedMemory) };
    }

    /// <summary>The other container has ended while this one was started.</summary>
    internal static EngineException Ended() =>
        new(ErrorKind.Conflict, "failed to join namespaces: the container that they are of is not running");

    private static Container Running(StateLayout layout, string name, string what)
    {
        Container other;
        try
        {
            other = new ContainerStore(layout).Find(name);
        }
        catch (EngineException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"{what}: {failure.Message}", failure, failure.Hint);
        }

        return other.State.Status switch
        {
            ContainerStatus.Running or ContainerStatus.Paused => other,
            ContainerStatus.Restarting => throw new EngineException(
                ErrorKind.Conflict, $"{what}: Container {name} is restarting, wait until the container is running"),
            _ => throw NotRunning(name, what),
        };
    }

    private static Fd Process(Container other, string name, string what) => other.State.Process.TryOpen() ?? throw NotRunning(name, what);

    private static EngineException NotRunning(string name, string what) =>
        new(ErrorKind.Conflict, $"{what}: container {name} is not running");

    /// <summary>
    /// The other's proc, which only a process of its namespace could mount anew. Null where its own /proc is not of its namespace, as with a
    /// bind mount of the host's.
    /// </summary>
    private static Fd? ProcOf(Container other, Fd process)
    {
        Fd? proc = Clone(process, "proc");
        if (proc is null)
        {
            return null;
        }

        string own = string.Create(CultureInfo.InvariantCulture, $"/proc/{other.State.Process.Pid}/ns/pid");
        if (FileAt.TryReadLink(null, own, out byte[] expected) != Errno.None
            || FileAt.TryReadLink(proc, "1/ns/pid", out byte[] shown) != Errno.None
            || !expected.AsSpan().SequenceEqual(shown))
        {
            proc.Dispose();
            return null;
        }

        MountTree.SetAttributes(proc, NoAnything);
        return proc;
    }

    private static Fd? Clone(Fd process, string path)
    {
        try
        {
            return MountNamespace.TryCloneMount(process, path);
        }
        catch (SyscallException failure) when (failure.Errno == Errno.ESRCH)
        {
            throw Ended();
        }
    }
}
