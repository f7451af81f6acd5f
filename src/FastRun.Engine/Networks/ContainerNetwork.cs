using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Networks.Cni;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks;

/// <summary>
/// The network that a container is started into: a namespace that was prepared before its first process is there, which the
/// launch tape enters; or another container's. The modes <c>none</c> and <c>host</c> need none.
/// </summary>
internal sealed class ContainerNetwork
{
    private readonly StateLayout _layout;
    private ContainerIdentity _container;
    private readonly List<NetworkEndpoint> _endpoints = [];
    private readonly IReadOnlyList<PortBinding> _ports;
    private readonly List<RefusedDestination> _refused = [];
    private EgressPolicy? _egress;
    private bool _isTold = true;
    private ProcessInstance _process;

    private ContainerNetwork(StateLayout layout, ContainerIdentity container, Fd networkNamespace, IReadOnlyList<PortBinding> ports) =>
        (_layout, _container, Namespace, _ports) = (layout, container, networkNamespace, ports);

    /// <summary>The namespace to enter.</summary>
    internal Fd Namespace { get; }

    /// <summary>Its end in each network, in the order of the request; none where the namespace is another container's.</summary>
    internal IReadOnlyList<NetworkEndpoint> Endpoints => _endpoints;

    /// <summary>The container whose network it is; null for its own.</summary>
    internal Container? SharedWith { get; private init; }

    /// <summary>Prepares it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">What the container asks for.</param>
    /// <param name="image">Its image; null for the host's root.</param>
    /// <param name="container">The container.</param>
    /// <param name="owned">Takes the namespace, and what others must see go.</param>
    /// <returns>Null where the launch needs nothing prepared.</returns>
    /// <exception cref="EngineException">A network is not there, or cannot be had.</exception>
    internal static ContainerNetwork? Prepare(
        StateLayout layout, ContainerCreateRequest request, LaunchRecord? image, ContainerIdentity container, RunResources owned)
    {
        string mode = RequestedNetworks.ModeOf(request);
        if (mode is BuiltInNetworks.None or BuiltInNetworks.Host)
        {
            return null;
        }

        if (NetworkMode.SharedContainer(mode) is { } name)
        {
            Container other = new ContainerStore(layout).Find(name);
            return new ContainerNetwork(layout, container, owned.Own(OpenOf(other)), []) { SharedWith = other };
        }

        Fd networkNamespace = owned.Own(new Fd(-1));
        if (NetworkMode.CniNetwork(mode) is { } cni)
        {
            return PrepareCni(layout, cni, request, image, container, networkNamespace, owned);
        }

        using NetlinkSocket inside = new(NetlinkProtocol.Route);
        ContainerNetwork network = new(layout, container, networkNamespace, RequestedPorts.Of(layout, request, image)) { _egress = EgressPolicy.Of(request) };
        owned.RemoveLater("the container's network", () => network.Release(owned));
        foreach (EndpointRequest endpoint in RequestedNetworks.EndpointsOf(request))
        {
            network._endpoints.Add(NetworkEndpoint.Claim(layout, endpoint, container, network._endpoints.Count, network._egress));
        }

        network.Publish();
        NetworkNamespace.Create(networkNamespace, inside);
        using RouteBatch batch = new();
        batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
        batch.Send(inside);
        network.Connect(inside);
        return network;
    }

    /// <summary>What is in its networks' way on this host.</summary>
    internal IEnumerable<string> Warnings
    {
        get
        {
            if (_ports.Count > 0 && Publisher is null)
            {
                yield return "Published ports are discarded: the container's way out is not a bridge";
            }

            foreach (NetworkEndpoint endpoint in _endpoints)
            {
                foreach (string warning in endpoint.Warnings)
                {
                    yield return warning;
                }
            }
        }
    }

    /// <summary>What CNI plugins have made of it; null for a network of ours.</summary>
    internal CniAttachment? Cni { get; private set; }

    private static ContainerNetwork PrepareCni(
        StateLayout layout,
        string name,
        ContainerCreateRequest request,
        LaunchRecord? image,
        ContainerIdentity container,
        Fd networkNamespace,
        RunResources owned)
    {
        using NetlinkSocket inside = new(NetlinkProtocol.Route);
        NetworkNamespace.Create(networkNamespace, inside);
        using RouteBatch batch = new();
        batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
        batch.Send(inside);
        CniAttachment attachment = CniAttachment.Add(
            layout, name, RequestedNetworks.CniEndpointOf(request), container, RequestedPorts.Of(layout, request, image), networkNamespace);
        owned.RemoveLater("the container's CNI network", attachment.Release);
        return new ContainerNetwork(layout, container, networkNamespace, []) { Cni = attachment };
    }

    /// <summary>The network of a container that was started with nothing but loopback.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="container">The container.</param>
    /// <param name="egress">Where it may send; null for anywhere.</param>
    /// <param name="process">Its first process.</param>
    /// <param name="ports">The ports that are published once there is a way out.</param>
    /// <param name="owned">Takes the namespace, and what others must see go.</param>
    /// <exception cref="EngineException">The container has ended.</exception>
    internal static ContainerNetwork OfRunning(
        StateLayout layout, ContainerIdentity container, EgressPolicy? egress, ProcessInstance process, IReadOnlyList<PortBinding> ports, RunResources owned)
    {
        Fd networkNamespace = NetworkNamespace.TryOpen(process)
            ?? throw new EngineException(ErrorKind.Conflict, $"container {ShortId.Of(container.Id)} is not running");
        ContainerNetwork network = new(layout, container, owned.Own(networkNamespace), ports) { _process = process, _egress = egress };
        owned.RemoveLater("the container's network", () => network.Release(owned));
        return network;
    }

    /// <summary>The container runs.</summary>
    internal void Started(ProcessInstance process)
    {
        _process = process;
        foreach (NetworkEndpoint endpoint in _endpoints)
        {
            endpoint.Started(process);
            NetworkEvents.Note(_layout, endpoint.Record, endpoint.Network.Driver, "connect");
        }
    }

    /// <summary>Connects it to one more network while it runs.</summary>
    /// <returns>What is in the network's way on this host.</returns>
    /// <exception cref="EngineException">It cannot be connected.</exception>
    internal IReadOnlyList<string> Add(EndpointRequest? request)
    {
        if (request is null)
        {
            throw EngineException.Invalid("the request for a network cannot be read");
        }

        NetworkEndpoint endpoint = NetworkEndpoint.Claim(_layout, request, _container, FreeIndex(), _egress);
        NetworkEndpoint? led = null;
        try
        {
            using NetlinkSocket inside = OpenInside();
            endpoint.Connect(_layout, Namespace, inside, isWayOut: false);
            endpoint.Started(_process);
            _endpoints.Add(endpoint);
            led = SettleWayOut(inside, withdrawn: null);
        }
        catch
        {
            _endpoints.Remove(endpoint);
            endpoint.Cut(Namespace);
            endpoint.Release(_layout);
            throw;
        }

        NetworkEvents.Note(_layout, endpoint.Record, endpoint.Network.Driver, "connect");
        return led is null || led == endpoint ? endpoint.Warnings : [.. endpoint.Warnings, .. led.Warnings];
    }

    /// <summary>Takes it out of a network while it runs; where that was the way out, another one becomes that, and gets the ports.</summary>
    /// <returns>What is on this host in the way of the network that gets the ports.</returns>
    /// <exception cref="EngineException">It is not in the network.</exception>
    internal IReadOnlyList<string> Remove(string networkId)
    {
        NetworkEndpoint endpoint = _endpoints.Find(each => each.Network.Id == networkId)
            ?? throw new EngineException(ErrorKind.NotFound, $"container {_container.Id} is not connected to network {networkId}");
        if (_egress is not null)
        {
            AddRefused(_refused, endpoint);
        }

        PortClaims? ports = endpoint.Withdraw(_layout);
        try
        {
            endpoint.Cut(Namespace);
        }
        catch
        {
            ports?.Dispose();
            throw;
        }

        _endpoints.Remove(endpoint);
        endpoint.Release(_layout);
        NetworkEvents.Note(_layout, endpoint.Record, endpoint.Network.Driver, "disconnect");
        using NetlinkSocket inside = OpenInside();
        return SettleWayOut(inside, ports)?.Warnings ?? [];
    }

    /// <summary>It has another name from now on, which its neighbours find.</summary>
    internal void Rename(string name)
    {
        _container = _container with { Name = name };
        _endpoints.ForEach(endpoint => endpoint.Rename(name));
    }

    /// <summary>What its policy has refused so far; null where it may send anywhere.</summary>
    internal EgressRefusals? Refusals(IReadOnlyList<string> notes)
    {
        if (_egress is null)
        {
            return null;
        }

        List<RefusedDestination> refused = [.. _refused];
        _endpoints.ForEach(endpoint => AddRefused(refused, endpoint));
        EgressRefusals refusals = EgressNotes.Refusals(_egress, refused, notes);
        return _isTold ? refusals : refusals with { IsPartial = true };
    }

    /// <summary>Has a loop woken when the process that holds the ports ends.</summary>
    /// <returns>The entry; -1 where there is no such process.</returns>
    internal int Watch(PollSet poll) => Publisher?.Process is { } process ? poll.Add(process.Number, PollEvents.Readable) : -1;

    /// <summary>Starts that process again where it has ended.</summary>
    /// <param name="poll">The loop's descriptors.</param>
    /// <param name="entry">What <see cref="Watch"/> returned.</param>
    internal void Tend(PollSet poll, int entry)
    {
        if (entry >= 0 && poll.Ready(entry) != PollEvents.None)
        {
            Publisher?.Restart();
        }
    }

    private PublisherProcess? Publisher => Cni is { } cni ? cni.Publisher : _endpoints.Find(static each => each.Publisher is not null)?.Publisher;

    /// <summary>The end in the network that is the way out: of those that lead outside the one of the highest priority, or the first.</summary>
    private NetworkEndpoint? ChooseWayOut()
    {
        NetworkEndpoint? chosen = null;
        foreach (NetworkEndpoint endpoint in _endpoints)
        {
            if (!endpoint.Network.Internal && (chosen is null || endpoint.Priority > chosen.Priority))
            {
                chosen = endpoint;
            }
        }

        return chosen;
    }

    /// <summary>After its networks have changed: the way out is the right one, and the ports lead to the container there.</summary>
    /// <param name="inside">A socket of its namespace.</param>
    /// <param name="withdrawn">The ports of an end that is gone.</param>
    /// <returns>The end to which ports lead that did not before; null where none does.</returns>
    private NetworkEndpoint? SettleWayOut(NetlinkSocket inside, PortClaims? withdrawn)
    {
        NetworkEndpoint? before = _endpoints.Find(static each => each.IsWayOut);
        NetworkEndpoint? now = ChooseWayOut();
        if (before == now && withdrawn is null)
        {
            return null;
        }

        PortClaims? ports = withdrawn ?? before?.Withdraw(_layout);
        try
        {
            if (before != now)
            {
                before?.SetWayOut(inside, isWayOut: false);
                now?.SetWayOut(inside, isWayOut: true);
            }
        }
        catch
        {
            ports?.Dispose();
            throw;
        }

        if (now is not { Network.IsBridge: true } || _ports.Count == 0)
        {
            ports?.Dispose();
            return null;
        }

        if (ports is not null)
        {
            now.TakeOver(_layout, ports);
        }
        else
        {
            now.Publish(_layout, _ports);
            now.Admit(_layout);
        }

        return now;
    }

    /// <summary>
    /// Ports are published at the container's end in the network that is its way out, and nowhere where that is no bridge, as Docker does:
    /// it may be connected to another network later.
    /// </summary>
    private void Publish()
    {
        if (_ports.Count > 0 && ChooseWayOut() is { Network.IsBridge: true } endpoint)
        {
            endpoint.Publish(_layout, _ports);
        }
    }

    private void AddRefused(List<RefusedDestination> refused, NetworkEndpoint endpoint)
    {
        if (ConfinedEndpoint.KeyOf(endpoint.Record) is { } key)
        {
            try
            {
                using EgressFirewall firewall = EgressFirewall.Open(FirewallTable.Of(_layout));
                refused.AddRange(firewall.Refusals(key));
            }
            catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
            {
                // The container has ended as it has: what cannot be told of it does not change that.
                _isTold = false;
            }
        }
    }

    private NetlinkSocket OpenInside()
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(Namespace);
        return NetlinkSocket.Open(NetlinkProtocol.Route);
    }

    private int FreeIndex()
    {
        int index = 0;
        while (_endpoints.Exists(each => each.Index == index))
        {
            index++;
        }

        return index;
    }

    private void Connect(NetlinkSocket inside)
    {
        NetworkEndpoint? wayOut = ChooseWayOut();
        foreach (NetworkEndpoint endpoint in _endpoints)
        {
            endpoint.Connect(_layout, Namespace, inside, isWayOut: endpoint == wayOut);
        }
    }

    private void Release(RunResources owned)
    {
        for (int i = _endpoints.Count - 1; i >= 0; i--)
        {
            NetworkEndpoint endpoint = _endpoints[i];
            endpoint.Release(_layout, owned);
            if (endpoint.Record.Process.Pid != 0)
            {
                NetworkEvents.Note(_layout, endpoint.Record, endpoint.Network.Driver, "disconnect");
            }
        }
    }

    private static Fd OpenOf(Container other) =>
        (other.State.Status is ContainerStatus.Running or ContainerStatus.Paused ? NetworkNamespace.TryOpen(other.State.Process) : null)
        ?? throw new EngineException(
            ErrorKind.Conflict, $"cannot join network namespace of a non running container: container {other.Name} is {other.State.Status.ToString().ToLowerInvariant()}");
}
