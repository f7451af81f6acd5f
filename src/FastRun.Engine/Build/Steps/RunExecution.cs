using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.Networks;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Build.Steps;

/// <summary>Runs the process of a RUN: the launch of <c>exec</c>, in a root that stays.</summary>
/// <param name="layout">Where state is.</param>
/// <param name="request">What the build asks for.</param>
/// <param name="observer">Hears what it writes.</param>
internal sealed class RunExecution(StateLayout layout, BuildRequest request, BuildObserver observer)
{
    /// <summary>What BuildKit calls the machine of every RUN.</summary>
    private const string HostName = "buildkitsandbox";

    /// <summary>The machine has a name, but no variable says it: BuildKit's steps have none, and an image must not depend on it.</summary>
    private static readonly string[] s_withoutHostName = ["HOSTNAME"];

    private static readonly Digest s_none = Digest.FromSha256(new byte[32]);

    /// <summary>Runs it and waits for its end. Nothing of it is mounted or alive when this returns.</summary>
    /// <param name="process">What is run.</param>
    /// <param name="layers">The layers below, topmost first.</param>
    /// <param name="root">Whose upper it writes to.</param>
    /// <param name="vertex">What its output belongs to.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">It could not be started, or has failed.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    internal void Run(RunProcess process, IReadOnlyList<string> layers, StepRoot root, BuildVertex vertex, CancellationToken cancellation)
    {
        RunResources owned = new();
        ExitStatus status;
        try
        {
            status = Run(process, layers, root.Sandbox, vertex, owned, cancellation);
        }
        finally
        {
            owned.Release().ForEach(failure => observer.Note($"fastrun: {failure}"));
        }

        cancellation.ThrowIfCancellationRequested();
        if (status.Code != 0)
        {
            string command = string.Join(' ', process.Arguments);
            throw new EngineException(
                ErrorKind.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"process \"{command}\" did not complete successfully: exit code: {status.Code}"))
            {
                FailedCommand = new FailedCommand(command, status.Code),
            };
        }

        DropMountPoints(root.Sandbox.Upper);
    }

    private ExitStatus Run(
        RunProcess process, IReadOnlyList<string> layers, Sandbox sandbox, BuildVertex vertex, RunResources owned, CancellationToken cancellation)
    {
        ContainerCreateRequest container = RequestedNetworks.Resolve(RequestOf(process));
        RequestValidation.Check(container);
        Watcher watcher = owned.Own(new Watcher());
        Fd root = owned.Own(Launch.Roots.RootFilesystem.Mount(layout, layers, sandbox, process.Stubs));
        StepStreams streams = new();
        LaunchRecord image = new() { ImageId = s_none, Platform = Platform.Host, LayerIds = layers, Env = s_withoutHostName };
        ContainerLaunch launch = ContainerLaunch.Prepare(
            layout, container, "", image, sandbox, root, streams, owned, timed: false, process.Mounts);
        foreach (string warning in launch.Warnings)
        {
            observer.Note($"WARNING: {warning}");
        }

        watcher.Start(launch.Plan.Cgroup);
        launch.Start();
        using (cancellation.Register(() => SignalDelivery.Kill(launch.Child.PidFd, launch.Plan.Cgroup)))
        {
            streams.Relay(launch, vertex, observer);
        }

        ExitStatus status = launch.Child.Wait();
        watcher.Stop();
        launch.ThrowIfFailed();
        return launch.Plan.Cgroup.OomKilled() && status.Code != 0
            ? throw new EngineException(
                ErrorKind.ResourceExhausted, $"process \"{string.Join(' ', process.Arguments)}\" ran out of memory, and a process of it was killed")
            : status;
    }

    private ContainerCreateRequest RequestOf(RunProcess process) => new()
    {
        Image = "build",
        Entrypoint = [""],
        Command = process.Arguments,
        Env = process.Environment,
        User = process.User.Length == 0 ? null : process.User,
        WorkingDir = process.WorkingDirectory,
        Hostname = HostName,
        Network = process.Network == NetworkMode.Default ? null : process.Network,
        ExtraHosts = request.ExtraHosts,
        ShmSizeBytes = request.ShmSizeBytes,
        Ulimits = request.Ulimits,
        Limits = request.Limits,
        CgroupParent = request.CgroupParent,
    };

    /// <summary>
    /// Where an image has a link that leads nowhere in the place of a file that every container has mounted, the launch has put an
    /// empty file there. While the command ran it was covered, so it is as the launch left it.
    /// </summary>
    private static void DropMountPoints(string upper)
    {
        using Fd directory = FileAt.Open(null, upper, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        foreach (string target in SystemFiles.Targets)
        {
            int slash = target.LastIndexOf('/');
            using Fd? parent = FileAt.TryOpen(
                directory, target[1..slash], OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.NoSymbolicLinks | ResolveFlags.Beneath, out _);
            if (parent is not null
                && FileAt.TryStat(parent, target[(slash + 1)..], out FileStatus status) == Errno.None
                && status is { Type: FileType.Regular, Size: 0 })
            {
                FileAt.TryUnlink(parent, target[(slash + 1)..]);
            }
        }
    }
}
