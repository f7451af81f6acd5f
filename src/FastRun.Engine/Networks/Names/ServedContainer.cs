using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Links;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>A container whose questions are answered here, for as long as its first process lives.</summary>
internal sealed class ServedContainer : IDisposable
{
    private const int MaxStreams = 32;
    private const int MaxBatch = 32;

    private readonly EventLoop _loop;
    private readonly NameDirectory _names;
    private readonly HostResolvers _host;
    private readonly Forwarder _forwarder;
    private readonly ResolverSockets _sockets;
    private readonly Fd _process;
    private readonly List<UpstreamServer> _servers = [];
    private readonly Dictionary<string, string> _links;
    private readonly EgressNames? _egress;
    private readonly byte[] _buffer;
    private readonly List<DnsStream> _streams = [];
    private readonly int _datagramToken;
    private readonly int _streamToken;
    private readonly int _processToken;

    /// <summary>Serves a container from now on.</summary>
    /// <param name="id">The container.</param>
    /// <param name="sockets">Where it asks; this object's from now on.</param>
    /// <param name="process">A pidfd of its first process; this object's from now on.</param>
    /// <param name="record">What else is known of it.</param>
    /// <param name="server">Who serves it.</param>
    internal ServedContainer(string id, ResolverSockets sockets, Fd process, ResolverRecord record, NameServer server)
    {
        Id = id;
        Process = record.Process;
        _loop = server.Loop;
        _names = server.Names;
        _host = server.Host;
        _forwarder = server.Forwarder;
        _sockets = sockets;
        _process = process;
        _buffer = server.Buffer;
        _links = record.LinkNames();
        _egress = server.EgressOf(id, record);
        foreach (string text in record.Servers)
        {
            if (IPAddress.TryParse(text, out IPAddress? address))
            {
                // One that may not send anywhere would have to be let reach them, with questions of its own too.
                _servers.Add(new UpstreamServer(new SocketEndpoint(address, UpstreamServer.Port), _egress is null ? process : null));
            }
        }

        _datagramToken = _loop.Add(sockets.Datagram, PollEvents.Readable, _ => ReceiveDatagrams());
        _streamToken = _loop.Add(sockets.Stream, PollEvents.Readable, _ => Accept());
        _processToken = _loop.Add(process, PollEvents.Readable, _ => server.Ended(this));
    }

    /// <summary>The container.</summary>
    internal string Id { get; }

    /// <summary>Its first process.</summary>
    internal ProcessInstance Process { get; }

    /// <summary>Closes connections that are over or idle.</summary>
    internal void Advance()
    {
        long now = Environment.TickCount64;
        foreach (DnsStream stream in _streams)
        {
            if (stream.Deadline <= now)
            {
                stream.Close();
            }
        }

        _streams.RemoveAll(static stream => stream.IsClosed);
    }

    /// <summary>Whether a connection is open.</summary>
    internal bool HasStreams => _streams.Count > 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _forwarder.Cancel(this);
        _streams.ForEach(static stream => stream.Close());
        _loop.Remove(_sockets.Datagram, _datagramToken);
        _loop.Remove(_sockets.Stream, _streamToken);
        _loop.Remove(_process, _processToken);
        _sockets.Dispose();
        _process.Dispose();
        _egress?.Dispose();
    }

    private void ReceiveDatagrams()
    {
        // The others get their turn before one that asks without end.
        for (int i = 0; i < MaxBatch; i++)
        {
            int received = InternetSocket.TryReceiveFrom(_sockets.Datagram, _buffer, out SocketEndpoint sender);
            if (received < 0)
            {
                return;
            }

            Answer(_buffer.AsSpan(0, received).ToArray(), isStream: false, response => _ = InternetSocket.TrySendTo(_sockets.Datagram, response, sender));
        }
    }

    private void Accept()
    {
        while (InternetSocket.TryAccept(_sockets.Stream) is { } connection)
        {
            Advance();
            if (_streams.Count >= MaxStreams)
            {
                connection.Dispose();
                continue;
            }

            _streams.Add(new DnsStream(_loop, connection, (_, message, reply) => Answer(message, isStream: true, reply)));
        }
    }

    private void Answer(byte[] message, bool isStream, DnsReply reply)
    {
        if (DnsQuery.Parse(message, out DnsQuery query) is not { } code)
        {
            return;
        }

        if (code == DnsCode.NoError && query.EdnsVersion != 0)
        {
            code = DnsCode.BadVersion;
        }

        if (code == DnsCode.NoError && TryAnswer(message, query, isStream, reply))
        {
            return;
        }

        Respond(message, query, code == DnsCode.NoError ? DnsCode.ServerFailure : code, reply);
    }

    /// <summary>Answers what the container's own networks know, and asks others for the rest; false where nobody may be asked.</summary>
    private bool TryAnswer(byte[] message, in DnsQuery query, bool isStream, DnsReply reply)
    {
        List<NetworkNames> networks = _names.Of(Id);
        if (NameAnswer.TryFind(query.Question, networks, LinksIn(networks)) is { } answer)
        {
            int limit = isStream ? ushort.MaxValue : DnsResponse.DatagramLimit(query);
            int length = answer.Name is { } name
                ? DnsResponse.WriteName(_buffer, message, query, name)
                : DnsResponse.WriteAddresses(_buffer, message, query, answer.Addresses, limit);
            reply(_buffer.AsSpan(0, length));
            return true;
        }

        if (_egress is { } egress)
        {
            if (!egress.Admits(query.Question))
            {
                // That there is no such name is what every resolver believes at once; a refusal makes some ask again until they give up.
                Respond(message, query, DnsCode.NameError, reply);
                return true;
            }

            reply = Opening(egress, query.Question, reply);
        }

        IReadOnlyList<UpstreamServer> servers = _servers.Count > 0 ? _servers : _host.Servers();
        return servers.Count > 0
            && networks.Exists(static network => !network.IsInternal)
            && _forwarder.TryForward(this, servers, message, query, isStream, reply);
    }

    /// <summary>The container's own names for others: those of its networks, which it may have joined while it ran, and those that it was started with.</summary>
    private Dictionary<string, string> LinksIn(List<NetworkNames> networks)
    {
        Dictionary<string, string> links = _links;
        foreach (NetworkNames network in networks)
        {
            foreach (string link in network.LinksOf(Id))
            {
                (string name, string alias) = LinkSyntax.Split(link);
                links = links == _links ? new Dictionary<string, string>(_links, StringComparer.OrdinalIgnoreCase) : links;
                links[alias] = name;
            }
        }

        return links;
    }

    private DnsReply Opening(EgressNames egress, DnsQuestion question, DnsReply reply) => response =>
    {
        List<string> keys = [];
        foreach (NetworkNames network in _names.Of(Id))
        {
            if (network.KeyOf(Id) is { } key)
            {
                keys.Add(key);
            }
        }

        egress.Learn(question, response, keys);
        reply(response);
    };

    private void Respond(byte[] message, in DnsQuery query, DnsCode code, DnsReply reply) =>
        reply(_buffer.AsSpan(0, DnsResponse.Write(_buffer, message, query, code)));
}
