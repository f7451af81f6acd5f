using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks;

/// <summary>The bridge of a network on the host.</summary>
internal static class BridgeInterface
{
    private const string IPv4Settings = "/proc/sys/net/ipv4";
    private const string IPv6Settings = "/proc/sys/net/ipv6/conf";

    /// <summary>Makes what is missing of it: the interface, its addresses, its settings, and that it is up.</summary>
    /// <exception cref="EngineException">The kernel cannot have it.</exception>
    internal static void Ensure(Network network)
    {
        try
        {
            using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
            using RouteBatch batch = new();
            int index = batch.IndexOf(socket, network.Interface);
            if (index == 0)
            {
                BridgeDriverOptions options = BridgeDriverOptions.Parse(network.Options);
                batch.AddBridge(new NewLink(network.Interface) { Mtu = options.Mtu ?? 0 });
                batch.SetLink(network.Interface, new LinkChange { Alias = AliasOf(network.Id) });
                batch.Send(socket);
                index = batch.IndexOf(socket, network.Interface);
            }
            else if (RouteQuery.TryFindLink(socket, index) is { Kind: not "bridge" })
            {
                throw new EngineException(
                    ErrorKind.Conflict, $"network {network.Name}: the host has an interface {network.Interface} that is no bridge");
            }

            WriteSettings(network);
            AddAddresses(network, socket, batch, index);
            batch.SetLink(index, new LinkChange { Up = true });
            batch.Send(socket);
        }
        catch (SyscallException exception)
        {
            throw Explain(network.Name, exception, "bridge");
        }
    }

    /// <summary>Removes the interface, if it is one that was made for the network.</summary>
    /// <exception cref="SyscallException">It cannot be removed.</exception>
    internal static void Remove(Network network)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        if (RouteQuery.TryFindLink(socket, network.Interface) is { } link && link.Alias == AliasOf(network.Id))
        {
            using RouteBatch batch = new();
            batch.DeleteLink(link.Index);
            batch.Send(socket);
        }
    }

    /// <summary>What the kernel said, in words for who has not made it.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="exception">What the kernel said.</param>
    /// <param name="module">The kind of interface that was made.</param>
    internal static EngineException Explain(string network, SyscallException exception, string module) => exception.Errno switch
    {
        Errno.EOPNOTSUPP => new EngineException(
            ErrorKind.Unsupported,
            $"network {network}: this kernel cannot make interfaces of the kind {module}",
            exception,
            $"load the module {module}, or use --network none or --network host"),
        Errno.EPERM or Errno.EACCES => new EngineException(
            ErrorKind.PermissionDenied,
            $"network {network}: {exception.Message}",
            exception,
            "networks need CAP_NET_ADMIN; without it use --network none or --network host"),
        Errno.EROFS => new EngineException(
            ErrorKind.PermissionDenied,
            $"network {network}: {exception.Message}",
            exception,
            "in a container that may not write to /proc/sys use --network none or --network host, or make it a privileged one"),
        _ => new EngineException(ErrorKind.Internal, $"network {network}: {exception.Message}", exception),
    };

    /// <summary>By which an interface is known to be ours: what others made is never removed.</summary>
    internal static string AliasOf(string networkId) => "fastrun:" + networkId;

    private static void AddAddresses(Network network, NetlinkSocket socket, RouteBatch batch, int index)
    {
        HashSet<InternetAddress> there = [];
        foreach (AddressInfo address in RouteQuery.Addresses(socket))
        {
            if (address.Link == index)
            {
                there.Add(address.Address);
            }
        }

        foreach (bool isIPv6 in new[] { false, true })
        {
            if (network.Gateway(isIPv6) is { } gateway && (isIPv6 ? network.IPv6 : network.IPv4) is { } subnet && !there.Contains(gateway))
            {
                batch.AddAddress(index, gateway, subnet.PrefixLength);
            }
        }
    }

    /// <summary>
    /// Before it is up. The bridge believes no router, sends nothing that is addressed to the host's loopback through, and has
    /// IPv6 only where the network does.
    /// </summary>
    private static void WriteSettings(Network network)
    {
        Write($"{IPv4Settings}/conf/{network.Interface}/route_localnet", "0");
        if (network.IPv4 is not null && !network.Internal)
        {
            Write($"{IPv4Settings}/ip_forward", "1");
        }

        if (FileAt.TryStat(null, IPv6Settings, out _) != Errno.None)
        {
            return;
        }

        Write($"{IPv6Settings}/{network.Interface}/accept_ra", "0");
        Write($"{IPv6Settings}/{network.Interface}/disable_ipv6", network.IPv6 is null ? "1" : "0");
        if (network.IPv6 is not null && !network.Internal)
        {
            KeepRouters();
            Write($"{IPv6Settings}/all/forwarding", "1");
        }
    }

    /// <summary>A host that forwards believes routers only where it is told to (ip-sysctl, accept_ra): those that it believed it goes on believing.</summary>
    private static void KeepRouters()
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, IPv6Settings))
        {
            string setting = $"{IPv6Settings}/{entry.Text}/accept_ra";
            if (entry.Text != "lo" && FileContent.TryReadAll(null, setting, 64) is [(byte)'1', ..])
            {
                Write(setting, "2");
            }
        }
    }

    private static void Write(string setting, string value)
    {
        byte[]? now = FileContent.TryReadAll(null, setting, 64);
        if (now is not null && System.Text.Encoding.ASCII.GetString(now).Trim() == value)
        {
            return;
        }

        using Fd file = FileAt.Open(null, setting, OpenFlags.Write);
        FileContent.Write(file, System.Text.Encoding.ASCII.GetBytes(value));
    }
}
