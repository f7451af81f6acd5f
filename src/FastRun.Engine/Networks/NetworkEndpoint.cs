using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Leases;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks;

/// <summary>
/// A container's end in one network: the use of the network, its addresses, and the cable between the bridge and the container's
/// namespace, which goes with the namespace.
/// </summary>
internal sealed class NetworkEndpoint
{
    private const int HostNameDigits = 10;

    /// <summary>The networks of link-local addresses, as Docker has them: 169.254.0.0/16 and fe80::/64.</summary>
    private const int LinkLocalPrefix4 = 16;
    private const int LinkLocalPrefix6 = 64;

    private const int LinkPatienceMilliseconds = 100;

    private readonly ActiveNetwork _use;
    private readonly NetworkLease _lease;

    private NetworkEndpoint(ActiveNetwork use, NetworkLease lease, LeaseRecord record) => (_use, _lease, Record) = (use, lease, record);

    /// <summary>The network.</summary>
    internal Network Network => _use.Network;

    /// <summary>The number in the name of its interface.</summary>
    internal int Index { get; private init; }

    /// <summary>Of the networks that lead outside, the one with the highest is the way out.</summary>
    internal int Priority { get; private init; }

    /// <summary>Whether what is for nobody here goes to this network's gateway.</summary>
    internal bool IsWayOut { get; private set; }

    /// <summary>What is in the network's way on this host.</summary>
    internal IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>The process that holds its ports, where it has any: it is to be restarted when it ends.</summary>
    internal PublisherProcess? Publisher { get; private set; }

    /// <summary>Whose addresses they are, and what they are.</summary>
    internal LeaseRecord Record { get; private set; }

    /// <summary>Claims the addresses.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="container">The container: what <see cref="LeaseRecord"/> says of it.</param>
    /// <param name="index">How many ends in networks the container has already.</param>
    /// <param name="egress">Where it may send; null for anywhere.</param>
    /// <exception cref="EngineException">There is no such network, or the addresses cannot be had.</exception>
    internal static NetworkEndpoint Claim(StateLayout layout, EndpointRequest request, ContainerIdentity container, int index, EgressPolicy? egress = null)
    {
        ActiveNetwork use = ActiveNetwork.Open(layout, request.Network);
        NetworkLease? lease = null;
        try
        {
            Network network = use.Network;
            RequireOwnSubnet(network, request);
            if (egress is not null && !network.IsBridge)
            {
                throw EngineException.Invalid(
                    $"conflicting options: egress and the network {network.Name}: what its driver {network.Driver} sends passes no firewall of the host");
            }

            lease = NetworkLease.Claim(layout, network, Address(request.IPv4), Address(request.IPv6));
            string endpointId = RandomBytes.NewId();
            LeaseRecord record = new()
            {
                NetworkId = network.Id,
                NetworkName = network.Name,
                ContainerId = container.Id,
                ContainerName = container.Name,
                HostName = container.HostName,
                EndpointId = endpointId,
                Aliases = request.Aliases,
                Links = request.Links,
                IPv4 = lease.IPv4,
                IPv6 = lease.IPv6,
                LinkLocalAddresses = request.LinkLocalAddresses,
                MacAddress = HardwareAddress(network, request, lease),
                HostInterface = network.IsBridge ? HostNameOf(endpointId) : "",
                Interface = InterfaceOf(network, request, index),
                Owner = ProcessInstance.Current,
                Egress = egress is null ? [] : ConfinedEndpoint.Note(egress),
            };
            foreach (LeaseRecord stale in lease.Stale)
            {
                FirewallState.Dismiss(layout, stale);
            }

            lease.Publish(record);
            return new NetworkEndpoint(use, lease, record) { Index = index, Priority = request.GwPriority, Warnings = use.Warnings };
        }
        catch
        {
            lease?.Release();
            use.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Claims ports of the host, and starts the process that holds them. The firewall knows them once the cable is made.
    /// </summary>
    /// <exception cref="EngineException">A port is taken.</exception>
    internal void Publish(StateLayout layout, IReadOnlyList<PortBinding> bindings)
    {
        if (BridgeDriverOptions.Parse(Network.Options).HostAddress is { } address)
        {
            List<PortBinding> placed = [];
            foreach (PortBinding binding in bindings)
            {
                placed.Add(binding.HostAddress.Length == 0 ? binding with { HostAddress = address } : binding);
            }

            bindings = placed;
        }

        string name = Record.ContainerName.Length > 0 ? Record.ContainerName : ShortId.Of(Record.ContainerId);
        Publish(layout, PortClaims.Claim(layout, bindings, Record.IPv4, Record.IPv6, $"{name} ({Record.EndpointId})"));
    }

    /// <summary>Takes over ports that lead to another end of the container, while it runs.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="claims">The ports, as <see cref="Withdraw"/> left them.</param>
    /// <exception cref="EngineException">The process that holds them cannot be started.</exception>
    internal void TakeOver(StateLayout layout, PortClaims claims)
    {
        claims.LeadTo(Record.IPv4, Record.IPv6);
        Publish(layout, claims);
        Admit(layout);
    }

    /// <summary>Its cable is there, and may have ports that the firewall does not know yet.</summary>
    internal void Admit(StateLayout layout)
    {
        using NetworkFirewall firewall = FirewallState.Open(layout);
        firewall.Admit(FirewallState.Of(Record));
    }

    /// <summary>Its ports lead nowhere from now on; null where it has none.</summary>
    /// <param name="layout">Where state is.</param>
    /// <returns>The claims, for another end of the container, or to be disposed of.</returns>
    internal PortClaims? Withdraw(StateLayout layout)
    {
        if (Publisher is not { } publisher)
        {
            return null;
        }

        Publisher = null;
        PortClaims claims = publisher.End(out bool isClean);
        if (!isClean)
        {
            using NetworkFirewall firewall = FirewallState.Open(layout);
            firewall.Unpublish(claims.Ports);
        }

        Record = Record with { Ports = [] };
        _lease.Publish(Record);
        return claims;
    }

    /// <summary>The name that nothing else on the host has: that of the cable's end there.</summary>
    internal static string HostNameOf(string endpointId) => FirewallEndpoint.CablePrefix + endpointId[..HostNameDigits];

    /// <summary>Makes the cable, and gives the container's end its addresses.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="networkNamespace">The container's namespace.</param>
    /// <param name="inside">A socket of it.</param>
    /// <param name="isWayOut">Whether what is for nobody here goes to this network's gateway.</param>
    /// <exception cref="EngineException">The kernel cannot make it.</exception>
    internal void Connect(StateLayout layout, Fd networkNamespace, NetlinkSocket inside, bool isWayOut)
    {
        try
        {
            using RouteBatch batch = new();
            if (Network.IsBridge)
            {
                MakeCable(layout, networkNamespace, batch);
            }
            else
            {
                Subinterface.Make(Network, Record, networkNamespace, inside);
            }

            IsWayOut = isWayOut;
            Configure(batch, inside);
            if (Network.IsBridge)
            {
                // The container's first packet would be dropped, and the next one comes a second later (ARP).
                using NetlinkSocket host = NetlinkSocket.Open(NetlinkProtocol.Route);
                batch.WaitUntilOperational(host, Record.HostInterface, LinkPatienceMilliseconds);
            }
        }
        catch (SyscallException exception)
        {
            throw BridgeInterface.Explain(Network.Name, exception, Kind);
        }
    }

    /// <summary>The container runs: others can find its namespace.</summary>
    internal void Started(ProcessInstance process)
    {
        Record = Record with { Process = process };
        _lease.NoteProcess(process);
    }

    /// <summary>The container has another name.</summary>
    internal void Rename(string name)
    {
        Record = Record with { ContainerName = name };
        _lease.Publish(Record);
    }

    /// <summary>Gives the addresses back.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="owned">Takes what is better closed later.</param>
    internal void Release(StateLayout layout, RunResources? owned = null)
    {
        if (Publisher is { } publisher)
        {
            Publisher = null;
            using PortClaims claims = publisher.End(out bool isClean);
            if (isClean)
            {
                Record = Record with { Ports = [] };
            }
        }

        try
        {
            FirewallState.Dismiss(layout, Record, owned);
        }
        catch (EngineException)
        {
            // The file stays, and whoever takes the address over tries again.
            _lease.Dispose();
        }

        _lease.Release();
        _use.Dispose();
    }

    /// <summary>Takes the cable away, or the interface where there is no cable; without one there is nothing to do.</summary>
    /// <param name="networkNamespace">The container's namespace.</param>
    internal void Cut(Fd networkNamespace)
    {
        using NetlinkSocket socket = Network.IsBridge ? NetlinkSocket.Open(NetlinkProtocol.Route) : OpenInside(networkNamespace);
        using RouteBatch batch = new();
        batch.DeleteLink(Network.IsBridge ? Record.HostInterface : Record.Interface);
        if (!batch.TrySend(socket, out SyscallException? failure) && failure.Errno != Errno.ENODEV)
        {
            throw BridgeInterface.Explain(Network.Name, failure, Kind);
        }
    }

    /// <summary>What is for nobody here goes to this network's gateway from now on, or no longer does.</summary>
    /// <exception cref="EngineException">The kernel refuses.</exception>
    internal void SetWayOut(NetlinkSocket inside, bool isWayOut)
    {
        try
        {
            using RouteBatch batch = new();
            int link = batch.IndexOf(inside, Record.Interface);
            IsWayOut = isWayOut;
            foreach (bool isIPv6 in new[] { false, true })
            {
                if ((isIPv6 ? Record.IPv6 : Record.IPv4) is null || WayOut(isIPv6, link) is not { } route)
                {
                    continue;
                }

                if (isWayOut)
                {
                    batch.AddRoute(route);
                }
                else
                {
                    batch.DeleteRoute(route);
                }
            }

            batch.Send(inside);
        }
        catch (SyscallException exception)
        {
            throw BridgeInterface.Explain(Network.Name, exception, Kind);
        }
    }

    private void Publish(StateLayout layout, PortClaims claims)
    {
        try
        {
            List<string> ports = [];
            foreach (PublishedPort port in claims.Ports)
            {
                ports.Add(port.ToString());
            }

            // Noted first: whoever finds the lease of a killed process knows what to take back.
            Record = Record with { Ports = ports };
            _lease.Publish(Record);

            // A firewall may have come since the bridge was made. What is published takes a process of its own: to look costs little beside.
            Warnings = ForeignFirewall.Warnings(Network);
            Publisher = PublisherProcess.Start(layout, Record.ContainerId, claims);
        }
        catch
        {
            claims.Dispose();
            throw;
        }
    }

    /// <summary>The kind of interface that its end is.</summary>
    private string Kind => Network.IsBridge ? "veth" : Network.Driver;

    private static NetlinkSocket OpenInside(Fd networkNamespace)
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(networkNamespace);
        return NetlinkSocket.Open(NetlinkProtocol.Route);
    }

    private void MakeCable(StateLayout layout, Fd networkNamespace, RouteBatch batch)
    {
        using NetlinkSocket host = NetlinkSocket.Open(NetlinkProtocol.Route);
        int bridge = batch.IndexOf(host, Network.Interface);
        if (bridge == 0)
        {
            _use.Restore(layout);
            bridge = batch.IndexOf(host, Network.Interface);
        }

        // Before there is a cable: nothing ever comes out of it that the firewall does not know.
        FirewallState.Confine(layout, Record, Network);
        FirewallEndpoint guarded = FirewallState.Of(Record);
        using (NetworkFirewall firewall = FirewallState.Open(layout))
        {
            firewall.Admit(guarded);
        }

        BridgeDriverOptions options = BridgeDriverOptions.Parse(Network.Options);
        _ = MacAddress.TryParse(Record.MacAddress, out MacAddress address);
        batch.AddVeth(
            new NewLink(Record.HostInterface) { Master = bridge, Mtu = options.Mtu ?? 0, Queues = 1, Group = guarded.Group },
            new NewLink(Record.Interface) { Address = address, Mtu = options.Mtu ?? 0, Queues = 1, NetworkNamespace = networkNamespace });

        // An address of its own would make the bridge's end talk IPv6 on the network.
        batch.SetLink(Record.HostInterface, new LinkChange { LinkLocalAddress = false, Up = true });
        if (!options.ConnectsContainers)
        {
            batch.SetBridgePort(Record.HostInterface, new BridgePortOptions { Isolated = true });
        }

        batch.Send(host);
    }

    /// <summary>The route to everything else. An ipvlan that is a router to its parent has no gateway: the parent's host routes.</summary>
    private Route? WayOut(bool isIPv6, int link) =>
        Network.Driver == Network.IpvlanDriver && SubinterfaceOptions.Of(Network).Ipvlan != IpvlanMode.L2
            ? new Route { Destination = isIPv6 ? IPAddress.IPv6Any : IPAddress.Any, Link = link }
            : Network.Gateway(isIPv6) is { } gateway ? Route.Default(gateway, link) : null;

    private void Configure(RouteBatch batch, NetlinkSocket inside)
    {
        int link = batch.IndexOf(inside, Record.Interface);

        // Without IPv6 in the network it has none at all: no neighbour can talk it into one.
        batch.SetLink(link, new LinkChange { Up = true, LinkLocalAddress = Record.IPv6 is null ? false : null });
        foreach (bool isIPv6 in new[] { false, true })
        {
            if ((isIPv6 ? Record.IPv6 : Record.IPv4) is not { } address || (isIPv6 ? Network.IPv6 : Network.IPv4) is not { } subnet)
            {
                continue;
            }

            batch.AddAddress(link, address, subnet.PrefixLength);
            if (IsWayOut && WayOut(isIPv6, link) is { } route)
            {
                batch.AddRoute(route);
            }
        }

        foreach (string text in Record.LinkLocalAddresses)
        {
            if (Subnet.TryParseAddress(text, out IPAddress? address))
            {
                batch.AddAddress(link, address!, address!.AddressFamily == AddressFamily.InterNetworkV6 ? LinkLocalPrefix6 : LinkLocalPrefix4);
            }
        }

        batch.Send(inside);
    }

    private static void RequireOwnSubnet(Network network, EndpointRequest request)
    {
        if ((request.IPv4 is not null || request.IPv6 is not null) && !network.HasOwnSubnets)
        {
            throw EngineException.Invalid(
                $"invalid config for network {network.Name}: invalid endpoint settings: user specified IP address is supported only when connecting to networks with user configured subnets");
        }
    }

    private static string InterfaceOf(Network network, EndpointRequest request, int index) =>
        EndpointOptions.Parse(request.Options).Interface
        ?? (network.IsBridge ? BridgeDriverOptions.Parse(network.Options).ContainerPrefix : SubinterfaceOptions.Of(network).ContainerPrefix)
            + index.ToString(CultureInfo.InvariantCulture);

    private static string HardwareAddress(Network network, EndpointRequest request, NetworkLease lease) =>
        network.Driver != Network.IpvlanDriver ? request.MacAddress ?? MacOf(lease)
        : request.MacAddress is null ? ""
        : throw EngineException.Invalid("ipvlan interfaces do not support custom mac address assignment");

    /// <summary>02:42 and the IPv4 address, as Docker's; where there is none, the end of the IPv6 address.</summary>
    private static string MacOf(NetworkLease lease)
    {
        if (lease.IPv4 is { } address)
        {
            return MacAddress.OfIPv4(address).ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        lease.IPv6!.TryWriteBytes(bytes, out _);
        return new MacAddress(0x0242_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])).ToString();
    }

    private static IPAddress? Address(string? text) => text is not null && Subnet.TryParseAddress(text, out IPAddress? address) ? address : null;
}
