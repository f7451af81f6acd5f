using System;
using System.Collections.Generic;

namespace FastRun.Engine.Networks.Names;

/// <summary>The queries that are on their way to other servers: so many at once, and so many of one container.</summary>
internal sealed class Forwarder(EventLoop loop)
{
    internal const int MaxOfContainer = 128;

    private const int MaxExchanges = 1024;
    private const int MaxStreams = 64;
    private const int MaxServers = 3;

    private readonly byte[] _buffer = new byte[ushort.MaxValue];
    private readonly List<(object Asker, Exchange Exchange)> _exchanges = [];

    /// <summary>How many there are.</summary>
    internal int Count => _exchanges.Count;

    /// <summary>Sends a query on.</summary>
    /// <param name="asker">Whose it is.</param>
    /// <param name="servers">Who is asked: the first three.</param>
    /// <param name="message">The query, which becomes the exchange's.</param>
    /// <param name="query">What was read of it.</param>
    /// <param name="isStream">Whether it came over TCP.</param>
    /// <param name="reply">Takes the response; called at once where there is nobody to ask.</param>
    /// <returns>False where there are too many already: nobody is asked, nor told.</returns>
    internal bool TryForward(
        object asker, IReadOnlyList<UpstreamServer> servers, byte[] message, in DnsQuery query, bool isStream, DnsReply reply)
    {
        int own = 0;
        int streams = 0;
        foreach ((object other, Exchange exchange) in _exchanges)
        {
            own += ReferenceEquals(other, asker) ? 1 : 0;
            streams += exchange is StreamExchange ? 1 : 0;
        }

        if (_exchanges.Count >= MaxExchanges || own >= MaxOfContainer || (isStream && streams >= MaxStreams))
        {
            return false;
        }

        List<UpstreamServer> first = [];
        for (int i = 0; i < Math.Min(servers.Count, MaxServers); i++)
        {
            first.Add(servers[i]);
        }

        Exchange started = isStream
            ? new StreamExchange(loop, first, message, query, reply)
            : new DatagramExchange(loop, first, message, query, reply, _buffer);
        _exchanges.Add((asker, started));
        started.AskNext();
        return true;
    }

    /// <summary>Forgets what is done, and asks the next server where one has had its time.</summary>
    internal void Advance()
    {
        long now = Environment.TickCount64;
        for (int i = _exchanges.Count - 1; i >= 0; i--)
        {
            Exchange exchange = _exchanges[i].Exchange;
            if (!exchange.IsDone && exchange.Deadline <= now)
            {
                exchange.AskNext();
            }
        }

        _exchanges.RemoveAll(static entry => entry.Exchange.IsDone);
    }

    /// <summary>Drops all queries of a container.</summary>
    internal void Cancel(object asker)
    {
        foreach ((object other, Exchange exchange) in _exchanges)
        {
            if (ReferenceEquals(other, asker))
            {
                exchange.Cancel();
            }
        }
    }
}
