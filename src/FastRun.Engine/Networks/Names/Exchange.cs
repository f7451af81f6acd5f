using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Namespaces;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// One query on its way to other servers, one after the other until one has an answer. Each server is asked from a port of its
/// own that the kernel chose, under an id of its own (RFC 5452).
/// </summary>
internal abstract class Exchange
{
    private readonly EventLoop _loop;
    private readonly IReadOnlyList<UpstreamServer> _servers;
    private readonly DnsQuery _query;
    private readonly DnsReply _reply;
    private Fd? _socket;
    private int _token;
    private int _next;
    private DnsCode _failure = DnsCode.ServerFailure;

    private protected Exchange(EventLoop loop, IReadOnlyList<UpstreamServer> servers, byte[] message, in DnsQuery query, DnsReply reply)
    {
        _loop = loop;
        _servers = servers;
        _query = query;
        _reply = reply;
        Message = message;
    }

    /// <summary>Whether its sender has an answer, or has gone.</summary>
    internal bool IsDone { get; private set; }

    /// <summary>When the next server is asked, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    internal long Deadline { get; private set; }

    /// <summary>The query, under the id that the server of the moment is asked with.</summary>
    private protected byte[] Message { get; }

    /// <summary>How long a server has, in milliseconds.</summary>
    private protected abstract int Patience { get; }

    /// <summary>Asks the next server; where none is left, the sender is told so.</summary>
    internal void AskNext()
    {
        Close();
        while (!IsDone && _next < _servers.Count)
        {
            UpstreamServer server = _servers[_next++];
            Deadline = Environment.TickCount64 + Patience;
            RandomBytes.Fill(Message.AsSpan(0, sizeof(ushort)));
            if (TryOpen(server) is not { } socket)
            {
                continue;
            }

            _socket = socket;
            _token = _loop.Add(socket, Begin(socket), Ready);
            return;
        }

        if (!IsDone)
        {
            Fail();
        }
    }

    /// <summary>Drops it: nobody waits any more.</summary>
    internal void Cancel()
    {
        IsDone = true;
        Close();
    }

    /// <summary>A socket that is connected to the server, or is being so.</summary>
    private protected abstract Fd? TryConnect(in UpstreamServer server);

    /// <summary>Starts over with a server.</summary>
    /// <returns>What to wait for.</returns>
    private protected abstract PollEvents Begin(Fd socket);

    /// <summary>Goes on with a server.</summary>
    /// <returns>False where it is of no use.</returns>
    private protected abstract bool Continue(Fd socket, PollEvents events);

    private protected void WaitFor(PollEvents events) => _loop.Modify(_socket!, _token, events);

    /// <summary>Takes what a server sent.</summary>
    /// <returns>False where another server has to be asked; true where that was the answer, or none to this query.</returns>
    private protected bool Accept(Span<byte> response)
    {
        if (!DnsResponse.Answers(response, BinaryPrimitives.ReadUInt16BigEndian(Message), _query.Question))
        {
            return true;
        }

        DnsCode code = DnsHeader.Read(response).Code;
        if (code is DnsCode.ServerFailure or DnsCode.Refused && _next < _servers.Count)
        {
            _failure = code;
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(response, _query.Header.Id);
        Cancel();
        _reply(response);
        return true;
    }

    private void Ready(PollEvents events)
    {
        if (!Continue(_socket!, events))
        {
            AskNext();
        }
    }

    private Fd? TryOpen(in UpstreamServer server)
    {
        if (server.Namespace is null)
        {
            return TryConnect(server);
        }

        try
        {
            using NetworkNamespace.Visit visit = NetworkNamespace.Enter(server.Namespace);
            return TryConnect(server);
        }
        catch (SyscallException)
        {
            // The container is ending.
            return null;
        }
    }

    private void Fail()
    {
        Cancel();
        byte[] response = new byte[Message.Length + DnsQuery.PlainPayload];
        _reply(response.AsSpan(0, DnsResponse.Write(response, Message, _query, _failure)));
    }

    private void Close()
    {
        if (_socket is { } socket)
        {
            _socket = null;
            _loop.Remove(socket, _token);
            socket.Dispose();
        }
    }
}
