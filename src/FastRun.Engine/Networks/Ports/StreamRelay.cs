using System;
using FastRun.Engine.Networks.Names;
using FastRun.Native;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// A connection that is passed on to a container, in both directions and with its half-closes. Bytes go from socket to pipe to
/// socket and are never copied to this process (splice(2)). It lives in the loop until both directions have ended.
/// </summary>
internal sealed class StreamRelay
{
    private readonly EventLoop _loop;
    private readonly PipePool _pipes;
    private readonly Action _ended;
    private readonly RelayFlow _up;
    private readonly RelayFlow _down;
    private readonly Side _client;
    private readonly Side _server;
    private bool _isConnected;
    private bool _isOver;

    /// <summary>Takes both sockets.</summary>
    /// <param name="loop">Who waits for the sockets.</param>
    /// <param name="pipes">Where pipes come from.</param>
    /// <param name="client">The connection that was accepted.</param>
    /// <param name="server">The connection to the container, which is being made.</param>
    /// <param name="ended">Called once, when all is over.</param>
    internal StreamRelay(EventLoop loop, PipePool pipes, Fd client, Fd server, Action ended)
    {
        (_loop, _pipes, _ended) = (loop, pipes, ended);
        PortSocket.SendAtOnce(client);
        PortSocket.SendAtOnce(server);
        _up = new RelayFlow(client, server);
        _down = new RelayFlow(server, client);
        _client = new Side(client);
        _server = new Side(server);
    }

    /// <summary>Waits for the container to take the connection.</summary>
    internal void Begin()
    {
        try
        {
            Enter(_server, PollEvents.Writable);
            Enter(_client, PollEvents.None);
        }
        catch (SyscallException)
        {
            Break();
        }
    }

    private void Ready(Side side, PollEvents events)
    {
        if (_isOver)
        {
            return;
        }

        if ((events & PollEvents.Error) != 0 || (!_isConnected && (side != _server || InternetSocket.PendingError(_server.Socket) != Errno.None)))
        {
            Break();
            return;
        }

        _isConnected = true;
        if ((events & PollEvents.HungUp) != 0)
        {
            // Both its directions have ended. What it has sent can still be read; to be told so again and again is of no use.
            Leave(side);
        }

        if (!_up.Pump(_pipes, _client.HasLeft) || !_down.Pump(_pipes, _server.HasLeft))
        {
            Break();
        }
        else if (_up.HasEnded && _down.HasEnded)
        {
            Close();
        }
        else
        {
            Wait(_client, _up, _down);
            Wait(_server, _down, _up);
        }
    }

    /// <summary>Waits for what a side is needed for next.</summary>
    private void Wait(Side side, RelayFlow from, RelayFlow to)
    {
        PollEvents interest = (from.WantsInput ? PollEvents.Readable : PollEvents.None) | (to.WantsOutput ? PollEvents.Writable : PollEvents.None);
        if (interest != side.Interest && !side.HasLeft)
        {
            side.Interest = interest;
            _loop.Modify(side.Socket, side.Token, interest);
        }
    }

    private void Enter(Side side, PollEvents interest)
    {
        side.Token = _loop.Add(side.Socket, interest, events => Ready(side, events));
        side.Interest = interest;
        side.HasLeft = false;
    }

    private void Leave(Side side)
    {
        if (!side.HasLeft)
        {
            side.HasLeft = true;
            _loop.Remove(side.Socket, side.Token);
        }
    }

    /// <summary>One side broke off: so does the other.</summary>
    private void Break()
    {
        PortSocket.ResetOnClose(_client.Socket);
        PortSocket.ResetOnClose(_server.Socket);
        Close();
    }

    private void Close()
    {
        _isOver = true;
        foreach (Side side in new[] { _client, _server })
        {
            Leave(side);
            side.Socket.Dispose();
        }

        _up.Close();
        _down.Close();
        _ended();
    }

    private sealed class Side(Fd socket)
    {
        internal Fd Socket { get; } = socket;

        internal int Token { get; set; }

        internal PollEvents Interest { get; set; }

        internal bool HasLeft { get; set; } = true;
    }
}
