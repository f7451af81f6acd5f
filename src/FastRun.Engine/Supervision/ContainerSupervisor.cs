using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Exec;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.Logs;
using FastRun.Engine.Reports;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Supervision;

/// <summary>
/// The small process that holds a container for as long as it runs: its first process, its log, its clients, its restart
/// policy. One thread, one poll loop. The container dies with it.
/// </summary>
public sealed partial class ContainerSupervisor : IDisposable
{
    private const int OwnerOnly = 0b_111_000_000;
    private const int SIGTERM = 15;

    private readonly StateLayout _layout;
    private readonly ContainerStore _store;
    private ContainerRecord _record;
    private (ulong Inode, FileTime Modified) _recordFile;
    private readonly Sandbox _sandbox;
    private readonly SignalRelay _signals = SignalRelay.Start([1, 2, 3, SIGTERM]);
    private ContainerState _state;
    private ContainerCreateRequest _request;
    private bool _isAskedToEnd;
    private volatile bool _isOnDisk;

    private ContainerSupervisor(StateLayout layout, Container container, Sandbox sandbox)
    {
        _layout = layout;
        _store = new ContainerStore(layout);
        _record = container.Record;
        _request = container.Record.Request;
        _state = container.State;
        _sandbox = sandbox;
    }

    private ContainerCreateRequest Request => _request;

    private WindowSize? ConsoleSize => Request is { ConsoleRows: { } rows, ConsoleColumns: { } columns } ? new WindowSize((ushort)rows, (ushort)columns) : null;

    /// <summary>Whether the container is to stay down when it has ended.</summary>
    private bool IsToStop => _isAskedToEnd || StopRequest.Exists(_layout, _record.Id);

    /// <summary>Holds a container until it has ended for good. What goes wrong goes to the starter and into its state.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="id">The container.</param>
    /// <param name="held">The descriptor with its lock.</param>
    /// <param name="starter">The socket of who started this process.</param>
    /// <param name="streams">What that one is connected to.</param>
    /// <exception cref="EngineException">There is no such container.</exception>
    public static void Run(StateLayout layout, string id, Fd held, Fd starter, AttachStreams streams)
    {
        FileCreationMask.Clear();
        ContainerStore store = new(layout);
        (ulong, FileTime) recordFile = store.RecordFile(id);
        Container container = store.TryRead(id)
            ?? throw new EngineException(ErrorKind.NotFound, $"No such container: {id}");
        using Sandbox sandbox = Sandbox.Inherit(layout, id, held, !container.Record.IsTransient);
        if (container.Record.IsTransient && container.Written.StartedAt is not null && container.Written.BootId == BootId.Current)
        {
            // It is restarted: what was mounted volatile can be mounted again in the same boot, with a work directory of its own.
            sandbox.RenewWork();
        }

        using ContainerSupervisor supervisor = new(layout, container, sandbox) { _recordFile = recordFile };
        supervisor._clients.Add(new AttachedClient(starter, streams));
        supervisor.Hold();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clients.ForEach(static client => client.Dispose());
        _listener?.Dispose();
        _signals.Dispose();
    }

    private void Hold()
    {
        LeaveTheCaller();
        EndLastRun();
        Listen();
        StopRequest.Clear(_layout, _record.Id);
        RestartDelay delay = new(Request.RestartPolicy ?? RestartPolicy.No, Stopwatch.GetTimestamp);
        bool again;
        do
        {
            RunOnce(delay);
            Reread();
            delay.Policy = Request.RestartPolicy ?? RestartPolicy.No;
            again = !IsToStop && delay.Next(_state) is { } wait && Pause(wait);
        }
        while (again);

        Finish();
    }

    /// <summary>Its name, limits or restart policy may have been changed while it ran.</summary>
    private void Reread()
    {
        try
        {
            _recordFile = _store.RecordFile(_record.Id);
            _record = _store.TryRead(_record.Id)?.Record ?? _record;

            // That one it has from its caller, where the request is silent.
            _request = _record.Request with { OomScoreAdjustment = _request.OomScoreAdjustment };
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            // What was read at the start has to do.
        }
    }

    /// <summary>One life of the container, from its root file system to its exit code.</summary>
    private void RunOnce(RestartDelay delay)
    {
        RunReport? report = RunReport.Go(Request);
        Timeline timeline = new(report is not null);
        RunResources owned = new();
        try
        {
            Watcher watcher = owned.Own(new Watcher());
            ImageLease? image = ContainerRoot.LeaseImage(_layout, _record, owned);
            report?.Of(_layout, image?.Record);
            timeline.End("resolve");
            Fd root = ContainerRoot.Mount(_layout, _record, image, _sandbox, owned);
            timeline.End("snapshot");
            SupervisedStreams streams = new(Request.Tty, Request.OpenStdin, ConsoleSize);
            ContainerLaunch launch = ContainerLaunch.Prepare(
                _layout,
                report is null ? Request : RunReport.Measured(Request),
                _record.Name,
                image?.Record,
                _sandbox,
                root,
                streams,
                owned,
                timeline.Enabled);
            VolumeEvents.NoteMounts(_layout, _record);
            owned.RemoveLater("events", () => VolumeEvents.NoteUnmounts(_layout, _record));
            LogOptions options = LogOptions.Parse(Request.Log);
            ContainerLog? log = ContainerLog.Open(
                options,
                Path.Combine(_sandbox.Directory, ContainerLog.FileName),
                LogAttributes.Of(options, _record, launch.Plan.Environment));
            if (log is not null)
            {
                owned.Own(log);
            }

            timeline.End("plan");
            watcher.Start(launch.Plan.Cgroup);
            launch.Start();
            timeline.EndLaunch(launch.Marks);
            ThrowIfFailed(launch);
            streams.CloseContainerEnds();
            Started(launch, image?.Record, delay);
            if (BeginToSync(image) is { } sync)
            {
                owned.Own(sync);
            }

            Serve(launch, streams, log);
            ExitStatus status = launch.Child.Wait();
            EndHealth();
            watcher.Stop();
            Drain(streams, log);
            report?.Ended(status.Code, status.Exited ? 0 : status.Value, launch.Plan.Cgroup);
            report?.Refused(launch.Refusals());
            Ended(status.Code, launch.Plan.Cgroup.OomKilled());
            timeline.End("run");
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is { } failure)
        {
            Failed(failure);
            report?.Failed(failure, _state.ExitCode);
            timeline.End("failed");
        }
        finally
        {
            EndHealth();

            // The exit is known by now: what takes time, such as bringing the file system to the disk, holds nobody up.
            owned.Release();
            timeline.End("clean-up");

            // Nobody is there to be told that it cannot be written.
            _ = report?.Write(timeline);
        }
    }

    /// <summary>
    /// What the command that started this left undone, so that its user need not wait for the disk. Null where nothing is new: a
    /// thread would cost memory, and one that waits for the disk keeps the container's lock beyond the death of its process.
    /// </summary>
    private BackgroundSync? BeginToSync(ImageLease? image) =>
        _isOnDisk || (_record.IsTransient && image is null or { IsDurable: true }) ? null : BackgroundSync.Start(() =>
        {
            image?.MakeDurable();
            _store.MakeDurable(_record);
            _isOnDisk = true;
        });

    private static void ThrowIfFailed(ContainerLaunch launch)
    {
        try
        {
            launch.ThrowIfFailed();
        }
        catch (EngineException)
        {
            launch.Child.Wait();
            throw;
        }
    }

    private void Started(ContainerLaunch launch, LaunchRecord? image, RestartDelay delay)
    {
        delay.Started();
        JoinRecordFile.Write(_layout, _record.Id, JoinRecord.Of(launch, _record, image));
        if (_store.RecordFile(_record.Id) != _recordFile)
        {
            // Who gave it another name before this was written found nothing to put right.
            Reread();
            JoinRecordFile.Rename(_layout, _record);
        }

        _state = new ContainerState
        {
            Status = ContainerStatus.Running,
            BootId = BootId.Current,
            Supervisor = ProcessInstance.Current,
            Process = ProcessInstance.Of(launch.Child.Pid),
            StartedAt = DateTimeOffset.UtcNow,
            FinishedAt = _state.FinishedAt,
            RestartCount = delay.Restarts,
            Health = BeginHealth(launch),
            CgroupLocations = [.. launch.Plan.Cgroup.Locations],
        };
        _store.WriteState(_record.Id, _state);
        ContainerEvents.Note(_layout, _record, "start");
        Broadcast(FrameType.Started, Encoding.UTF8.GetBytes(string.Join('\n', launch.Warnings)));
    }

    private void Ended(int exitCode, bool oomKilled)
    {
        _state = _state with
        {
            Status = ContainerStatus.Exited,
            ExitCode = exitCode,
            OomKilled = oomKilled,
            StoppedByHand = StopRequest.Exists(_layout, _record.Id),
            FinishedAt = DateTimeOffset.UtcNow,
            Process = default,
            CgroupLocations = [],
        };
        ContainerEvents.Died(_layout, _record, _state);
        _store.WriteState(_record.Id, _state);
    }

    private void Failed(EngineException failure)
    {
        _state = _state with
        {
            Status = _state.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited,
            ExitCode = failure.Kind switch
            {
                ErrorKind.CommandNotFound => 127,
                ErrorKind.CommandNotExecutable => 126,
                _ => 128,
            },
            Error = failure.Message,
            FinishedAt = DateTimeOffset.UtcNow,
            Process = default,
            CgroupLocations = [],
        };
        _store.WriteState(_record.Id, _state);
        Broadcast(FrameType.Failed, FailureFrame.Write(failure));
    }

    /// <summary>The container will not run again: tells its clients, and removes it where it was to be.</summary>
    private void Finish()
    {
        byte[] code = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(code, _state.ExitCode);
        if (Request.AutoRemove && !StopRequest.Keeps(_layout, _record.Id))
        {
            ContainerRemoval.RemoveHeld(_layout, _record, _sandbox, volumes: true);
        }

        FileAt.TryUnlink(null, Path.Combine(_layout.RunningContainer(_record.Id), AttachClient.SocketName));
        StopRequest.Clear(_layout, _record.Id);
        FileAt.TryRemoveDirectory(null, _layout.RunningContainer(_record.Id));
        Broadcast(FrameType.Exited, code);
        Deliver();
    }

    /// <summary>What happens to the caller's cgroup, or to its memory, is no longer this container's business.</summary>
    private void LeaveTheCaller()
    {
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        SupervisorGroup.TryEnterSystemd(hierarchy);
        if (OomProtection.TryProtect() is { } inherited)
        {
            _request = _request with { OomScoreAdjustment = _request.OomScoreAdjustment ?? inherited };
        }
    }

    /// <summary>What a supervisor that was killed may have left of the run before.</summary>
    private void EndLastRun()
    {
        RunResources owned = new();
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        AbandonedSandboxes.EndLastRun(hierarchy, _sandbox, owned);
        owned.Release();
    }

    private void Listen()
    {
        string directory = _layout.RunningContainer(_record.Id);
        FileAt.MakeDirectories(null, directory, OwnerOnly);
        using Fd opened = FileAt.OpenDirectory(null, directory);

        // One of a supervisor that was killed: the lock says that it is not in use.
        FileAt.TryUnlink(opened, AttachClient.SocketName);
        _listener = UnixSocket.Listen(opened, AttachClient.SocketName);
    }
}
