using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks;

/// <summary>A container's interface in a macvlan or ipvlan network: it is on the host's, and there is no cable.</summary>
internal static class Subinterface
{
    /// <summary>Makes it in the container's namespace.</summary>
    /// <param name="network">The network.</param>
    /// <param name="record">What the interface is to be called, and its hardware address.</param>
    /// <param name="networkNamespace">The container's namespace.</param>
    /// <exception cref="EngineException">The parent is gone.</exception>
    /// <exception cref="SyscallException">The kernel cannot make it.</exception>
    internal static void Make(Network network, LeaseRecord record, Fd networkNamespace)
    {
        ParentInterface.Ensure(network);
        SubinterfaceOptions options = SubinterfaceOptions.Of(network);
        using NetlinkSocket host = NetlinkSocket.Open(NetlinkProtocol.Route);
        using RouteBatch batch = new();
        int parent = batch.IndexOf(host, network.Interface);
        NewLink link = new(record.Interface) { NetworkNamespace = networkNamespace, Mtu = options.Mtu ?? 0 };
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
    }
}
