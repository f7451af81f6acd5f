using System.Collections.Generic;
using FastRun.Engine.Networks.Ports;
using FastRun.Native;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>
/// Who sends datagrams to a port without a pause goes on being led where the first one was, whatever the firewall says by now: to a
/// container that has gone, or to nobody. So the kernel forgets those flows when a port begins or ceases to lead somewhere.
/// </summary>
internal static class DatagramFlows
{
    /// <summary>Has the kernel forget the flows to ports of UDP. Those of others to the same port elsewhere stay.</summary>
    internal static void Forget(IReadOnlyList<PublishedPort> ports)
    {
        HashSet<InternetAddress>? own = null;
        ConnectionTracking? tracking = null;
        try
        {
            foreach (PublishedPort port in ports)
            {
                if (port.Protocol != TransportProtocol.Udp || PortElement.Of(port) is null)
                {
                    continue;
                }

                own ??= OwnAddresses();
                tracking ??= ConnectionTracking.Open();
                tracking.Forget(
                    port.HostAddress.IsIPv6,
                    (byte)TransportProtocol.Udp,
                    port.HostPort,
                    flow => port.HostAddress.Bits != 0 ? flow.Destination == port.HostAddress
                        : flow.IsDestinationTranslated || own.Contains(flow.Destination));
            }
        }
        catch (SyscallException)
        {
            // A kernel that tracks nothing translates nothing either.
        }
        finally
        {
            tracking?.Dispose();
        }
    }

    private static HashSet<InternetAddress> OwnAddresses()
    {
        HashSet<InternetAddress> own = [];
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        foreach (AddressInfo address in RouteQuery.Addresses(socket))
        {
            own.Add(address.Address);
        }

        return own;
    }
}
