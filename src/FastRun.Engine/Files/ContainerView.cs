using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Files;

/// <summary>
/// The files of a container from outside, with its volumes and binds in their places: of one that runs the root of its own
/// mount namespace, of another a root file system that is mounted for the moment, where only this process can see it. Nobody
/// can start the container meanwhile. No path of the host leads there, and the only way in is a descriptor.
/// </summary>
internal sealed class ContainerView : IDisposable
{
    private const int MostRounds = 1000;

    private static readonly string[] s_systemMounts = ["proc", "sys", "dev"];

    private readonly RunResources _owned;

    private ContainerView(Container container, Fd root, RunResources owned)
    {
        _owned = owned;
        Container = container;
        Root = root;
        RootMount = FileAt.Stat(root).MountId;
        HashSet<ulong> system = [];
        foreach (string name in s_systemMounts)
        {
            // Not what the container sees of its processes and devices: these are no files of its own.
            using Fd? mount = FileAt.TryOpen(root, name, OpenFlags.PathOnly | OpenFlags.NoFollow, 0, RootTree.InRoot, out _);
            if (mount is not null && FileAt.Stat(mount).MountId is var id && id != RootMount)
            {
                system.Add(id);
            }
        }

        SystemMounts = system;
    }

    /// <summary>The container.</summary>
    internal Container Container { get; }

    /// <summary>Its root (O_PATH): what lies below is resolved in it and never beyond.</summary>
    internal Fd Root { get; }

    /// <summary>The mount that the root is of.</summary>
    internal ulong RootMount { get; }

    /// <summary>Its /proc, /sys and /dev, which a copy of all leaves out.</summary>
    internal IReadOnlySet<ulong> SystemMounts { get; }

    /// <summary>Opens the files of a container, volumes and binds included.</summary>
    /// <exception cref="EngineException">It is gone, or in a state in which nobody can.</exception>
    internal static ContainerView Open(StateLayout layout, Container container) => Open(layout, container, OpenRunning, OpenStopped);

    /// <summary>Opens a container's root file system alone.</summary>
    /// <exception cref="EngineException">It is gone, or in a state in which nobody can.</exception>
    internal static ContainerView OpenRoot(StateLayout layout, Container container) => Open(layout, container, OpenRunningRoot, OpenStoppedRoot);

    public void Dispose() => _owned.Release();

    private static ContainerView Open(
        StateLayout layout,
        Container container,
        Func<Container, Fd, RunResources, Fd> running,
        Func<StateLayout, Container, Sandbox, RunResources, Fd> stopped)
    {
        ContainerStore store = new(layout);
        for (int round = 0; round < MostRounds; round++)
        {
            RunResources owned = new();
            try
            {
                Sandbox? held = ContainerLock.TakeIdle(layout, container.Id);
                if (held is not null)
                {
                    owned.Own(held);
                    return new ContainerView(container, stopped(layout, container, held, owned), owned);
                }

                // Held before the look whether it runs: its next run waits until this one's mounts are let go.
                if (FileLock.TryAcquire(null, layout.Container(container.Id) + "/upper", FileLockMode.Shared, out _) is { } inUse)
                {
                    owned.Own(inUse);
                    if (OpenNamespace(container) is { } mounts)
                    {
                        return new ContainerView(container, running(container, owned.Own(mounts), owned), owned);
                    }
                }
            }
            catch
            {
                owned.Release();
                throw;
            }

            owned.Release();

            // It has ended meanwhile, or was started again.
            container = store.TryRead(container.Id)
                ?? throw new EngineException(ErrorKind.NotFound, $"No such container: {container.Name}");
            if (container.State.Status == ContainerStatus.Restarting)
            {
                break;
            }
        }

        throw new EngineException(
            ErrorKind.Conflict, $"container {container.Id} is restarting, wait until the container is running");
    }

    /// <summary>The mount namespace of a running container, which lasts as long as it is open; null where the container has ended.</summary>
    private static Fd? OpenNamespace(Container container)
    {
        ContainerState state = container.State;
        if (state.Status is not (ContainerStatus.Running or ContainerStatus.Paused))
        {
            return null;
        }

        Fd? opened = FileAt.TryOpen(
            null, string.Create(CultureInfo.InvariantCulture, $"/proc/{state.Process.Pid}/ns/mnt"), OpenFlags.Read, 0, ResolveFlags.None, out _);

        // Alive still: then the number was its own when it was used.
        if (opened is not null && !state.Process.IsAlive())
        {
            opened.Dispose();
            return null;
        }

        return opened;
    }

    private static Fd OpenRunning(Container container, Fd mounts, RunResources owned) =>
        owned.Own(PrivateMountNamespace.Visit(mounts, static () => FileAt.OpenDirectory(null, "/")));

    /// <summary>A clone of the root's mount alone.</summary>
    private static Fd OpenRunningRoot(Container container, Fd mounts, RunResources owned) =>
        owned.Own(PrivateMountNamespace.Visit(mounts, static () => MountTree.Clone("/", recursive: false)));

    private static Fd OpenStoppedRoot(StateLayout layout, Container container, Sandbox held, RunResources owned) =>
        ContainerRoot.Mount(layout, container.Record, ContainerRoot.LeaseImage(layout, container.Record, owned), held, owned);

    private static Fd OpenStopped(StateLayout layout, Container container, Sandbox held, RunResources owned)
    {
        ImageLease? image = ContainerRoot.LeaseImage(layout, container.Record, owned);
        Fd root = ContainerRoot.Mount(layout, container.Record, image, held, owned);
        MountPlanner mounts = new(root, devices: null, owned);
        if (ImageRoot.IsHosts(image?.Record))
        {
            HostRootFilesystem.AddFilesystems(mounts, layout, held);
        }

        List<MountRequest> requests = [.. container.Record.Request.Mounts];
        requests.RemoveAll(static mount => mount.Kind == MountKind.Tmpfs || IsBelowSystem(mount.Target));
        mounts.Add(requests, new VolumeSource(layout, held, root, owned).Open);
        owned.Own(PrivateMountNamespace.Run(() => Attach(root, mounts.Planned, held.Work)));
        return root;
    }

    /// <summary>
    /// Puts the mounts in their places, which a detached tree has not before kernel 6.15. The namespace in which they are
    /// attached keeps them there: it lasts as long as the result is open.
    /// </summary>
    private static Fd Attach(Fd root, IReadOnlyList<PlannedMount> mounts, string place)
    {
        MountTree.Attach(root, place);
        foreach (PlannedMount mount in mounts)
        {
            using Fd at = FileAt.Open(root, mount.Target, OpenFlags.PathOnly, 0, RootTree.InRoot);
            MountTree.Attach(mount.Mount, at);
        }

        return FileAt.Open(null, "/proc/thread-self/ns/mnt", OpenFlags.Read);
    }

    private static bool IsBelowSystem(string target) =>
        Array.Exists(s_systemMounts, name => MountPlanner.IsBelow(target, "/" + name));
}
