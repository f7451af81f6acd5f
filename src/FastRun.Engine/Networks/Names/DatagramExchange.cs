using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>A query that came as a datagram and goes on as one. A response that was cut short is the sender's to ask for again, over TCP.</summary>
/// <param name="loop">Who waits for the server.</param>
/// <param name="servers">Who is asked, in this order.</param>
/// <param name="message">The query, which it may change.</param>
/// <param name="query">What was read of it.</param>
/// <param name="reply">Takes the response.</param>
/// <param name="buffer">Where a datagram is received: shared, it holds nothing between two calls.</param>
internal sealed class DatagramExchange(
    EventLoop loop, IReadOnlyList<UpstreamServer> servers, byte[] message, in DnsQuery query, DnsReply reply, byte[] buffer)
    : Exchange(loop, servers, message, query, reply)
{
    private protected override int Patience => 2000;

    private protected override Fd? TryConnect(in UpstreamServer server) => InternetSocket.TryConnectDatagram(server.Endpoint, out _);

    private protected override PollEvents Begin(Fd socket)
    {
        // Where that fails, the socket reports it, or the server has its time and then the next one is asked.
        _ = UnixSocket.TrySend(socket, Message);
        return PollEvents.Readable;
    }

    private protected override bool Continue(Fd socket, PollEvents events)
    {
        int received = UnixSocket.TryReceive(socket, buffer);
        return received == -(int)Errno.EAGAIN || (received >= 0 && Accept(buffer.AsSpan(0, received)));
    }
}
