using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Names;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// The process that holds a container's ports of the host, one for each container that has any (<c>publish-ports</c>). The kernel
/// leads what comes to the ports to the container; this passes on what it cannot: what comes over the loopback, over IPv6
/// to a container that has none, and from the container itself. One thread, one loop, memory for so many connections and no more.
/// </summary>
public sealed class PortPublisher : IDisposable
{
    /// <summary>The command by which the program knows that it is one. No user types it.</summary>
    public const string Command = "publish-ports";

    private const int MostConnections = 2048;
    private const int DescriptorsOfConnection = 6;
    private const int OtherDescriptors = 64;
    private const int MostAccepted = 64;

    private readonly EventLoop _loop = new();
    private readonly PipePool _pipes = new();
    private readonly List<(PortClaim Claim, int Token)> _listeners = [];
    private readonly List<DatagramRelay> _datagrams = [];
    private readonly int _mostConnections;
    private int _connections;
    private bool _isFull;
    private bool _isOver;

    private PortPublisher(int ports)
    {
        const int RLIMIT_NOFILE = 7;
        CurrentLimit.RaiseDescriptors();
        long left = (long)Math.Min(CurrentLimit.Hard(RLIMIT_NOFILE), int.MaxValue) - ports - OtherDescriptors;
        _mostConnections = (int)Math.Clamp(left / DescriptorsOfConnection, 1, MostConnections);
    }

    /// <summary>Holds the ports until the owner has gone, and takes them out of the firewall.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="control">One end of a socket pair of which the owner has the other.</param>
    /// <param name="sockets">The sockets, as <see cref="PublishedSocket"/> writes them.</param>
    /// <exception cref="EngineException">A socket is described wrongly.</exception>
    public static void Run(StateLayout layout, Fd control, IReadOnlyList<string> sockets)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(sockets);
        List<PortClaim> claims = [];
        foreach (string socket in sockets)
        {
            claims.Add(PublishedSocket.TryParse(socket) ?? throw EngineException.Invalid($"invalid socket: {socket}"));
        }

        using (PortPublisher publisher = new(claims.Count))
        {
            publisher.Hold(control, claims);
        }

        NetworkFirewall? firewall = null;
        try
        {
            firewall = NetworkFirewall.Open(FirewallTable.Of(layout), static () => FirewallContent.Empty);
            firewall.Unpublish(claims.ConvertAll(static claim => claim.Port));
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            // Its lease names the ports: whoever takes that over removes them.
        }

        // The ports are free before the owner hears of it, and it hears of it before the kernel has freed what was removed.
        claims.ForEach(static claim => claim.Socket.Dispose());
        UnixSocket.TrySend(control, "."u8);
        control.Dispose();
        firewall?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _datagrams.ForEach(static relay => relay.Dispose());
        _pipes.Dispose();
        _loop.Dispose();
    }

    private void Hold(Fd control, List<PortClaim> claims)
    {
        _loop.Add(control, PollEvents.Readable, _ => _isOver = true);
        foreach (PortClaim claim in claims)
        {
            switch (claim.Port.Protocol)
            {
                case TransportProtocol.Tcp:
                    _listeners.Add((claim, _loop.Add(claim.Socket, PollEvents.Readable, _ => Accept(claim))));
                    break;
                case TransportProtocol.Udp:
                    _datagrams.Add(new DatagramRelay(_loop, claim));
                    break;
            }
        }

        ProcessMemory.ReleaseCode();
        while (!_isOver)
        {
            _loop.Run(_datagrams.Exists(static relay => relay.HasSessions) ? DatagramRelay.SweepMilliseconds : -1);
            _datagrams.ForEach(static relay => relay.Sweep());
        }
    }

    private void Accept(PortClaim claim)
    {
        IPAddress address = claim.Port.Container.ToIPAddress();
        SocketEndpoint target = new(address, claim.Port.ContainerPort);
        for (int i = 0; i < MostAccepted && _connections < _mostConnections; i++)
        {
            if (InternetSocket.TryAccept(claim.Socket) is not { } client)
            {
                return;
            }

            if (InternetSocket.TryConnectStream(target, out _) is not { } server)
            {
                PortSocket.ResetOnClose(client);
                client.Dispose();
                continue;
            }

            _connections++;
            new StreamRelay(_loop, _pipes, client, server, Ended).Begin();
        }

        SetFull(_connections >= _mostConnections);
    }

    private void Ended()
    {
        _connections--;
        SetFull(false);
    }

    /// <summary>Who comes while there are too many waits in the kernel's queue.</summary>
    private void SetFull(bool isFull)
    {
        if (_isFull == isFull)
        {
            return;
        }

        _isFull = isFull;
        foreach ((PortClaim claim, int token) in _listeners)
        {
            _loop.Modify(claim.Socket, token, isFull ? PollEvents.None : PollEvents.Readable);
        }
    }
}
