using System;
using System.Collections.Generic;
using FastRun.Engine.Networks.Names;
using FastRun.Native;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// The datagrams of one port that are passed on to a container. Each sender has a socket of its own to the container, by which
/// answers are told apart, for as long as something comes; the oldest makes room where there are too many.
/// </summary>
internal sealed class DatagramRelay : IDisposable
{
    /// <summary>How often sessions are looked through.</summary>
    internal const int SweepMilliseconds = 10_000;

    private const int MostSessions = 512;
    private const int IdleMilliseconds = 90_000;
    private const int MostAtOnce = 64;

    private readonly EventLoop _loop;
    private readonly PortClaim _claim;
    private readonly SocketEndpoint _target;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Dictionary<DatagramPeer, Session> _sessions = [];
    private long _sweptAt = Environment.TickCount64;

    /// <summary>Begins.</summary>
    internal DatagramRelay(EventLoop loop, PortClaim claim)
    {
        _loop = loop;
        _claim = claim;
        _target = new SocketEndpoint(claim.Port.Container.ToIPAddress(), claim.Port.ContainerPort);
        loop.Add(claim.Socket, PollEvents.Readable, _ => Receive());
    }

    /// <summary>Whether somebody may still get an answer.</summary>
    internal bool HasSessions => _sessions.Count > 0;

    /// <summary>Ends sessions in which nothing came for a while.</summary>
    internal void Sweep()
    {
        long now = Environment.TickCount64;
        if (now - _sweptAt < SweepMilliseconds)
        {
            return;
        }

        _sweptAt = now;
        foreach ((DatagramPeer peer, Session session) in _sessions)
        {
            if (now - session.LastUse > IdleMilliseconds)
            {
                // A dictionary can be removed from while it is walked.
                End(peer, session);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Session session in _sessions.Values)
        {
            session.Socket.Dispose();
        }

        _sessions.Clear();
    }

    private void Receive()
    {
        for (int i = 0; i < MostAtOnce; i++)
        {
            int length = DatagramPort.TryReceive(_claim.Socket, _buffer, out DatagramPeer peer);
            if (length < 0)
            {
                return;
            }

            if (Find(peer) is { } session)
            {
                session.LastUse = Environment.TickCount64;

                // What cannot be sent is lost, as datagrams are.
                _ = UnixSocket.TrySend(session.Socket, _buffer.AsSpan(0, length));
            }
        }
    }

    private Session? Find(DatagramPeer peer)
    {
        if (_sessions.TryGetValue(peer, out Session? session))
        {
            return session;
        }

        if (_sessions.Count >= MostSessions)
        {
            EndOldest();
        }

        if (InternetSocket.TryConnectDatagram(_target, out _) is not { } socket)
        {
            return null;
        }

        session = new Session(socket);
        session.Token = _loop.Add(socket, PollEvents.Readable, _ => Answer(peer, session));
        _sessions.Add(peer, session);
        return session;
    }

    private void Answer(DatagramPeer peer, Session session)
    {
        for (int i = 0; i < MostAtOnce; i++)
        {
            int length = UnixSocket.TryReceive(session.Socket, _buffer);
            if (length < 0)
            {
                // ECONNREFUSED tells that nobody listens in the container now; the next datagram may find somebody.
                return;
            }

            session.LastUse = Environment.TickCount64;
            _ = DatagramPort.TrySend(_claim.Socket, _buffer.AsSpan(0, length), peer);
        }
    }

    private void EndOldest()
    {
        DatagramPeer oldest = default;
        Session? found = null;
        foreach ((DatagramPeer peer, Session session) in _sessions)
        {
            if (found is null || session.LastUse < found.LastUse)
            {
                (oldest, found) = (peer, session);
            }
        }

        End(oldest, found!);
    }

    private void End(DatagramPeer peer, Session session)
    {
        _sessions.Remove(peer);
        _loop.Remove(session.Socket, session.Token);
        session.Socket.Dispose();
    }

    private sealed class Session(Fd socket)
    {
        internal Fd Socket { get; } = socket;

        internal int Token { get; set; }

        internal long LastUse { get; set; } = Environment.TickCount64;
    }
}
