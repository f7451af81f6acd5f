using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Native;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks;

/// <summary>What passed a container's interfaces, asked of the kernel over a socket in its namespace.</summary>
internal sealed class NetworkTraffic : IDisposable
{
    /// <summary>What the interfaces that FastRun gives a container are called, as Docker's are; others are its own affair.</summary>
    private const string InterfacePrefix = "eth";

    /// <summary>A container with the right to make interfaces can make as many as it likes.</summary>
    private const int MostInterfaces = 64;

    private readonly NetlinkSocket? _socket;

    private NetworkTraffic(NetlinkSocket? socket) => _socket = socket;

    /// <summary>Opens a socket in the namespace of a container's first process; of one on the host's network nothing is told.</summary>
    /// <exception cref="SyscallException">The namespace may not be entered.</exception>
    internal static NetworkTraffic Open(RunningContainer container)
    {
        if (container.Container.Record.Request.Network == BuiltInNetworks.Host)
        {
            return new NetworkTraffic(null);
        }

        try
        {
            using (NetworkNamespace.Enter(container.Process))
            {
                return new NetworkTraffic(NetlinkSocket.Open(NetlinkProtocol.Route));
            }
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ESRCH)
        {
            return new NetworkTraffic(null);
        }
    }

    /// <summary>The counters as of now; they begin again with the interface.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    internal (long ReceivedBytes, long SentBytes) Read()
    {
        LinkStatistics sum = _socket is null ? default : RouteQuery.Traffic(_socket, InterfacePrefix);
        return ((long)sum.ReceivedBytes, (long)sum.SentBytes);
    }

    /// <summary>The interfaces with their counters as of now.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    internal IReadOnlyList<LinkInfo> ReadEach() => _socket is null ? [] : RouteQuery.TrafficOfEach(_socket, InterfacePrefix, MostInterfaces);

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();
}
