using System.Collections.Generic;
using System.IO;
using System.Net;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Leases;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>What the records of this boot say should be in the firewall of a run root.</summary>
internal static class FirewallState
{
    /// <summary>Opens the firewall.</summary>
    /// <exception cref="Errors.EngineException">The kernel has none.</exception>
    internal static NetworkFirewall Open(StateLayout layout) => NetworkFirewall.Open(FirewallTable.Of(layout), () => Read(layout));

    /// <summary>A network.</summary>
    internal static FirewallNetwork Of(Network network) =>
        new(network.Interface, network.Internal, BridgeDriverOptions.Parse(network.Options).Masquerades);

    /// <summary>A container's end in a network.</summary>
    internal static FirewallEndpoint Of(LeaseRecord lease)
    {
        List<PublishedPort> ports = [];
        foreach (string text in lease.Ports)
        {
            if (PublishedPort.TryParse(text, lease.IPv4, lease.IPv6) is { } port)
            {
                ports.Add(port);
            }
        }

        List<InternetAddress> linkLocal = [];
        foreach (string text in lease.LinkLocalAddresses)
        {
            if (Subnet.TryParseAddress(text, out IPAddress? address))
            {
                linkLocal.Add(address!);
            }
        }

        _ = MacAddress.TryParse(lease.MacAddress, out MacAddress mac);
        return new FirewallEndpoint(mac, Address(lease.IPv4), Address(lease.IPv6)) { Ports = ports, LinkLocalAddresses = linkLocal, IsConfined = lease.Egress.Count > 0 };
    }

    /// <summary>Confines a container's end, before it has a cable; nothing where it may send anywhere.</summary>
    /// <exception cref="Errors.EngineException">The kernel lacks something.</exception>
    internal static void Confine(StateLayout layout, LeaseRecord lease, Network network)
    {
        if (ConfinedEndpoint.Of(lease, network) is { } confined)
        {
            using EgressFirewall egress = EgressFirewall.Open(FirewallTable.Of(layout));
            egress.Confine(confined);
        }
    }

    /// <summary>Removes what a lease names. Most name nothing that has to be removed.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="owned">Takes a socket whose closing would take long: see <see cref="Release"/>.</param>
    internal static void Dismiss(StateLayout layout, LeaseRecord lease, RunResources? owned = null)
    {
        if (!IsGuarded(lease))
        {
            return;
        }

        FirewallEndpoint endpoint = Of(lease);
        if (endpoint.IsConfined)
        {
            Release(layout, lease, owned);
        }

        if (endpoint.Ports.Count > 0 || !endpoint.IsUsual)
        {
            using NetworkFirewall firewall = Open(layout);
            firewall.Dismiss(endpoint);
        }
    }

    /// <summary>
    /// Another container may be in the namespace still (<c>container:NAME</c>): the cable carries nothing any more before the rules go.
    /// A socket that is closed while the kernel has not begun to free the rules waits until that is done: a grace period of RCU, 5 ms or
    /// more. It begins at once, on another processor; so the socket is kept open for a moment where there is something else to do.
    /// </summary>
    private static void Release(StateLayout layout, LeaseRecord lease, RunResources? owned)
    {
        using (NetlinkSocket host = NetlinkSocket.Open(NetlinkProtocol.Route))
        using (RouteBatch batch = new())
        {
            batch.SetLink(lease.HostInterface, new LinkChange { Group = FirewallEndpoint.CutGroup });
            if (!batch.TrySend(host, out SyscallException? failure) && failure.Errno != Errno.ENODEV)
            {
                throw FirewallSupport.Explain(failure);
            }
        }

        if (ConfinedEndpoint.Of(lease, ReadNetwork(layout, lease.NetworkId) ?? new Network { Id = lease.NetworkId, Name = lease.NetworkName }) is { } confined)
        {
            EgressFirewall egress = EgressFirewall.Open(FirewallTable.Of(layout));
            try
            {
                egress.Dismiss(confined);
            }
            finally
            {
                if (owned is null)
                {
                    egress.Dispose();
                }
                else
                {
                    owned.OwnToTheLast(egress);
                }
            }
        }
    }

    /// <summary>What has no cable (macvlan, ipvlan) passes no firewall of ours.</summary>
    private static bool IsGuarded(LeaseRecord lease) => lease.HostInterface.Length > 0;

    private static InternetAddress? Address(IPAddress? address) => address is null ? default(InternetAddress?) : InternetAddress.FromIPAddress(address);

    /// <summary>The bridges that were made in this boot.</summary>
    internal static List<Network> Networks(StateLayout layout)
    {
        List<Network> networks = [];
        foreach (string id in NetworkLeases.Networks(layout))
        {
            if (ReadNetwork(layout, id) is { IsBridge: true } network)
            {
                networks.Add(network);
            }
        }

        return networks;
    }

    private static FirewallContent Read(StateLayout layout)
    {
        List<FirewallNetwork> networks = [];
        Dictionary<string, Network> known = [];
        foreach (Network network in Networks(layout))
        {
            networks.Add(Of(network));
            known.Add(network.Id, network);
        }

        List<LeaseRecord> leases = NetworkLeases.All(layout).FindAll(IsGuarded);
        List<ConfinedEndpoint> confined = [];
        foreach (LeaseRecord lease in leases)
        {
            if (known.TryGetValue(lease.NetworkId, out Network? network) && ConfinedEndpoint.Of(lease, network) is { } endpoint)
            {
                confined.Add(endpoint);
            }
        }

        return new FirewallContent(networks, leases.ConvertAll(Of)) { Confined = confined };
    }

    private static Network? ReadNetwork(StateLayout layout, string id) =>
        FileContent.TryReadAll(null, Path.Combine(layout.RunningNetwork(id), ActiveNetwork.FileName), NetworkFormat.Largest) is { } bytes
            ? NetworkFormat.Decode(bytes)
            : null;
}
