using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>A query that came over TCP and goes on over TCP, on a connection of its own (RFC 7766).</summary>
/// <param name="loop">Who waits for the server.</param>
/// <param name="servers">Who is asked, in this order.</param>
/// <param name="message">The query, which it may change.</param>
/// <param name="query">What was read of it.</param>
/// <param name="reply">Takes the response.</param>
internal sealed class StreamExchange(
    EventLoop loop, IReadOnlyList<UpstreamServer> servers, byte[] message, in DnsQuery query, DnsReply reply)
    : Exchange(loop, servers, message, query, reply)
{
    private const int LengthSize = sizeof(ushort);

    private byte[] _response = [];
    private int _received;
    private bool _isSent;

    private protected override int Patience => 4000;

    private protected override Fd? TryConnect(in UpstreamServer server) => InternetSocket.TryConnectStream(server.Endpoint, out _);

    private protected override PollEvents Begin(Fd socket)
    {
        (_response, _received, _isSent) = (new byte[LengthSize], 0, false);
        return PollEvents.Writable;
    }

    private protected override bool Continue(Fd socket, PollEvents events) => _isSent ? Receive(socket) : Send(socket);

    private bool Send(Fd socket)
    {
        if (InternetSocket.PendingError(socket) != Errno.None)
        {
            return false;
        }

        // A connection that has carried nothing yet takes it whole.
        byte[] framed = new byte[LengthSize + Message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)Message.Length);
        Message.CopyTo(framed, LengthSize);
        _isSent = UnixSocket.TrySend(socket, framed) == framed.Length;
        if (_isSent)
        {
            WaitFor(PollEvents.Readable);
        }

        return _isSent;
    }

    private bool Receive(Fd socket)
    {
        int count = UnixSocket.TryReceive(socket, _response.AsSpan(_received));
        if (count <= 0)
        {
            return count == -(int)Errno.EAGAIN;
        }

        _received += count;
        if (_received < _response.Length)
        {
            return true;
        }

        if (_received > LengthSize)
        {
            // What answers no query of ours ends it: nothing else will come.
            return Accept(_response.AsSpan(LengthSize)) && IsDone;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_response);
        Array.Resize(ref _response, LengthSize + length);
        return length > 0;
    }
}
