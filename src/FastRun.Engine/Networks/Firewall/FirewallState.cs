using System.Collections.Generic;
using System.IO;
using System.Net;
using FastRun.Engine.Networks.Ports;
using FastRun.Layers;
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

        _ = MacAddress.TryParse(lease.MacAddress, out MacAddress mac);
        return new FirewallEndpoint(mac, Address(lease.IPv4), Address(lease.IPv6)) { Ports = ports };
    }

    /// <summary>Removes what a lease names. Most name nothing that has to be removed.</summary>
    internal static void Dismiss(StateLayout layout, LeaseRecord lease)
    {
        FirewallEndpoint endpoint = Of(lease);
        if (IsGuarded(lease) && (endpoint.Ports.Count > 0 || !endpoint.HasUsualMac))
        {
            using NetworkFirewall firewall = Open(layout);
            firewall.Dismiss(endpoint);
        }
    }

    /// <summary>What has no cable (macvlan, ipvlan) passes no firewall of ours.</summary>
    private static bool IsGuarded(LeaseRecord lease) => lease.HostInterface.Length > 0;

    private static InternetAddress? Address(IPAddress? address) => address is null ? default(InternetAddress?) : InternetAddress.FromIPAddress(address);

    private static FirewallContent Read(StateLayout layout)
    {
        List<FirewallNetwork> networks = [];
        foreach (string id in NetworkLeases.Networks(layout))
        {
            string path = Path.Combine(layout.RunningNetwork(id), ActiveNetwork.FileName);
            if (FileContent.TryReadAll(null, path, NetworkFormat.Largest) is { } bytes && NetworkFormat.Decode(bytes) is { IsBridge: true } network)
            {
                networks.Add(Of(network));
            }
        }

        return new FirewallContent(networks, NetworkLeases.All(layout).FindAll(IsGuarded).ConvertAll(Of));
    }
}
