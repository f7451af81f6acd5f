using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Exec;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Tape;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Launch;

/// <summary>A container from its root file system to its first process: plan, tape, clone.</summary>
internal sealed class ContainerLaunch
{
    private readonly StateLayout _layout;
    private readonly ContainerIdentity _container;
    private readonly NameResolution _names;
    private readonly ContainerCreateRequest _request;
    private readonly LaunchRecord? _image;
    private readonly EgressPolicy? _egress;
    private readonly RunResources _owned;

    private ContainerLaunch(
        StateLayout layout,
        ContainerCreateRequest request,
        LaunchRecord? image,
        ContainerIdentity container,
        LaunchPlan plan,
        LaunchTape tape,
        ChildProcess child,
        ContainerNetwork? network,
        NameResolution names,
        RunResources owned)
    {
        (_layout, _request, _image, _container, _names, _owned) = (layout, request, image, container, names, owned);
        _egress = EgressPolicy.Of(request);
        Network = network;
        Plan = plan;
        Tape = tape;
        Child = child;
    }

    /// <summary>What was decided.</summary>
    internal LaunchPlan Plan { get; }

    /// <summary>The system calls of the child.</summary>
    internal LaunchTape Tape { get; }

    /// <summary>The network that was prepared; null for none and for the host's.</summary>
    internal ContainerNetwork? Network { get; private set; }

    /// <summary>What the user should know of the host; the container runs nonetheless.</summary>
    internal IEnumerable<string> Warnings
    {
        get
        {
            if (RequestedPorts.Warning(_request) is { } discarded)
            {
                yield return discarded;
            }

            foreach (string warning in Network?.Warnings ?? [])
            {
                yield return warning;
            }
        }
    }

    /// <summary>The first process, once started.</summary>
    internal ChildProcess Child { get; private set; }

    /// <summary>Where to look on the tape afterwards.</summary>
    internal TapeMarks Marks { get; private set; }

    /// <summary>How far the child came.</summary>
    internal ChildReport Report { get; private set; }

    /// <summary>Decides everything and writes the tape.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">What to run.</param>
    /// <param name="name">The container's name; empty for a sandbox that has none.</param>
    /// <param name="image">Its image; null for the host's root.</param>
    /// <param name="sandbox">Whose files and cgroup it has.</param>
    /// <param name="root">The root file system.</param>
    /// <param name="streams">Its standard descriptors.</param>
    /// <param name="owned">Takes what is opened and made on the way.</param>
    /// <param name="timed">Whether the child notes the time.</param>
    /// <param name="prepared">What is mounted besides what the request names; null for nothing.</param>
    /// <exception cref="EngineException">The request cannot be met by this image or on this host.</exception>
    internal static ContainerLaunch Prepare(
        StateLayout layout,
        ContainerCreateRequest request,
        string name,
        LaunchRecord? image,
        Sandbox sandbox,
        Fd root,
        ContainerStreams streams,
        RunResources owned,
        bool timed,
        PreparedMounts? prepared = null)
    {
        CgroupHierarchy hierarchy = owned.Own(CgroupHierarchy.Detect());
        LaunchTape tape = owned.Own(new LaunchTape());
        ChildProcess child = owned.Own(new ChildProcess());
        owned.Own(streams);
        ContainerIdentity container = new(sandbox.Id, name, LaunchPlanner.HostNameOf(request, sandbox.Id));
        ContainerNetwork? network = ContainerNetwork.Prepare(layout, request, image, container, owned);
        NameResolution names = NameResolution.Prepare(layout, request, container, network, owned);
        LaunchPlan plan = new LaunchPlanner(layout, request, image, sandbox, hierarchy, streams, network, names, prepared).Plan(root, owned);
        return new ContainerLaunch(layout, request, image, container, plan, tape, child, network, names, owned) { Marks = TapeWriter.Write(plan, tape, timed) };
    }

    /// <summary>Starts the first process; returns once it is the command or has given up.</summary>
    /// <exception cref="EngineException">It is to be among the processes of others, and there can be none more.</exception>
    internal void Start()
    {
        Report = Child.Start(Tape, Plan.Namespaces, Plan.Cgroup.UnifiedDirectory);
        if (Plan.Joining is { } joining && !Report.Failed)
        {
            Adopt(joining);
        }

        if (!Report.Failed)
        {
            Network?.Started(ProcessInstance.Of(Child.Pid));
        }
    }

    /// <summary>Has a loop woken when something besides its process needs looking after: its ports, its names, its links.</summary>
    /// <returns>The entries, for <see cref="Tend"/>.</returns>
    internal (int Ports, (int, int) Names) Watch(PollSet poll) => (Network?.Watch(poll) ?? -1, _names.Watch(poll));

    /// <summary>Looks after it.</summary>
    /// <param name="poll">The loop's descriptors.</param>
    /// <param name="entries">What <see cref="Watch"/> returned.</param>
    internal void Tend(PollSet poll, (int Ports, (int, int) Names) entries)
    {
        _names.Tend(poll, entries.Names, Plan.SystemFiles, Child.Pid, Child.PidFd);
        Network?.Tend(poll, entries.Ports);
    }

    /// <summary>What its policy has refused so far; null where it may send anywhere.</summary>
    internal EgressRefusals? Refusals() => _egress is null ? null
        : Network?.Refusals(_names.EgressNotes()) ?? new EgressRefusals(_egress.Texts, [], [], IsPartial: false);

    /// <summary>Connects the container, which runs, to one more network.</summary>
    /// <returns>What the user should know of the host.</returns>
    /// <exception cref="EngineException">It has ended, or cannot be connected.</exception>
    internal IReadOnlyList<string> Connect(EndpointRequest? endpoint)
    {
        IReadOnlyList<string> warnings = NetworkOfRunning().Add(endpoint);
        _names.Changed(NetworkOfRunning(), Plan.SystemFiles);
        return warnings;
    }

    /// <summary>Takes the container, which runs, out of a network.</summary>
    /// <returns>What the user should know of the host.</returns>
    /// <exception cref="EngineException">It has ended, or is not in that network.</exception>
    internal IReadOnlyList<string> Disconnect(string networkId)
    {
        IReadOnlyList<string> warnings = NetworkOfRunning().Remove(networkId);
        _names.Changed(NetworkOfRunning(), Plan.SystemFiles);
        return warnings;
    }

    /// <summary>The container, which runs, has no link of an alias any more.</summary>
    internal void Unlink(string alias) => _names.Unlink(alias, Plan.SystemFiles);

    /// <summary>The container, which runs, has another name from now on.</summary>
    internal void Rename(string name) => Network?.Rename(name);

    /// <summary>The network of a container that runs; that of <c>none</c> was made with the first process.</summary>
    private ContainerNetwork NetworkOfRunning() => Network ??= ContainerNetwork.OfRunning(
        _layout, _container, _egress, ProcessInstance.Of(Child.Pid), RequestedPorts.Of(_layout, _request, _image), _owned);

    /// <summary>Throws unless the child became the command.</summary>
    /// <exception cref="EngineException">The child failed.</exception>
    internal void ThrowIfFailed()
    {
        LaunchFailure.ThrowIfFailed(Plan, Tape, Report, Marks.FirstCandidate);
        if (Plan.Joining is { ExecuteError: not Errno.None } joining)
        {
            throw LaunchFailure.NotExecuted(Plan.Arguments[2 + Plan.Candidates.Count], joining.ExecuteError);
        }
    }

    /// <summary>The child was the init, which has made the command our child in the namespace of others, and ended.</summary>
    private void Adopt(JoinReport joining)
    {
        joining.Writer.Dispose();
        joining.WaitForProcess();
        Child.Wait();
        if (joining.Pid == 0)
        {
            // ENOMEM: the namespace's own first process has ended (pid_namespaces(7)).
            throw joining.ForkError == Errno.ENOMEM ? SharedNamespaces.Ended() : JoinFailure.NotForked(joining.ForkError);
        }

        Child = _owned.Own(ChildProcess.Adopt(joining.Pid));
        joining.WaitForCommand();
    }
}
