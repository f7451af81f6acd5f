using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Leases;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks;

/// <summary>A container's interface in a macvlan or ipvlan network: it is on the host's, and there is no cable.</summary>
internal static class Subinterface
{
    /// <summary>Makes it in the container's namespace.</summary>
    /// <param name="network">The network.</param>
    /// <param name="record">What the interface is to be called, and its hardware address.</param>
    /// <param name="networkNamespace">The container's namespace.</param>
    /// <param name="inside">A socket of it.</param>
    /// <exception cref="EngineException">The parent is gone.</exception>
    /// <exception cref="SyscallException">The kernel cannot make it.</exception>
    internal static void Make(Network network, LeaseRecord record, Fd networkNamespace, NetlinkSocket inside)
    {
        ParentInterface.Ensure(network);
        SubinterfaceOptions options = SubinterfaceOptions.Of(network);
        using NetlinkSocket host = NetlinkSocket.Open(NetlinkProtocol.Route);
        using RouteBatch batch = new();
        int parent = batch.IndexOf(host, network.Interface);

        // The kernel looks for the name among the host's interfaces, too, and the host may have an eth0 of its own.
        string unique = NetworkEndpoint.HostNameOf(record.EndpointId);
        NewLink link = new(unique) { NetworkNamespace = networkNamespace, Mtu = options.Mtu ?? 0 };
        if (network.Driver == Network.MacvlanDriver)
        {
            _ = MacAddress.TryParse(record.MacAddress, out MacAddress address);
            batch.AddMacvlan(link with { Address = address }, parent, options.Macvlan);
        }
        else
        {
            batch.AddIpvlan(link, parent, options.Ipvlan, options.Isolation);
        }

        batch.Send(host);
        batch.SetLink(batch.IndexOf(inside, unique), new LinkChange { Name = record.Interface });
        batch.Send(inside);
        if (record.IPv6 is null)
        {
            DisableIPv6(record.Interface, networkNamespace);
        }
    }

    /// <summary>
    /// Before it is up, in a network without IPv6: no rule of ours stands between it and whoever says to be a router, whose
    /// addresses and routes it would take. /proc/sys/net is that of the thread's namespace.
    /// </summary>
    private static void DisableIPv6(string name, Fd networkNamespace)
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(networkNamespace);
        string setting = $"/proc/sys/net/ipv6/conf/{name}/disable_ipv6";
        using Fd? file = FileAt.TryOpen(null, setting, OpenFlags.Write, 0, ResolveFlags.None, out Errno errno);
        if (file is not null)
        {
            FileContent.Write(file, "1"u8);
        }
        else if (errno != Errno.ENOENT)
        {
            // ENOENT: this kernel has no IPv6.
            throw new SyscallException("openat2", errno, setting);
        }
    }
}
