using System;
using System.Buffers.Binary;
using FastRun.Native;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>A container's connection over TCP (RFC 7766): one query after the other, each with its length before it.</summary>
internal sealed class DnsStream
{
    private const int LengthSize = sizeof(ushort);
    private const int MaxQuery = 4096;
    private const int Patience = 15_000;

    private readonly EventLoop _loop;
    private readonly Fd _socket;
    private readonly Action<DnsStream, byte[], DnsReply> _query;
    private readonly int _token;
    private byte[] _bytes = new byte[LengthSize];
    private int _done;
    private bool _isSending;

    /// <summary>Takes a connection.</summary>
    /// <param name="loop">Who waits for it.</param>
    /// <param name="socket">The connection, which is its own from now on.</param>
    /// <param name="query">Gets each query, and answers it sooner or later.</param>
    internal DnsStream(EventLoop loop, Fd socket, Action<DnsStream, byte[], DnsReply> query)
    {
        _loop = loop;
        _socket = socket;
        _query = query;
        Deadline = Environment.TickCount64 + Patience;
        _token = loop.Add(socket, PollEvents.Readable, Ready);
    }

    /// <summary>Whether it is over.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>When it is closed unless something happens, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    internal long Deadline { get; private set; }

    /// <summary>Ends it.</summary>
    internal void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _loop.Remove(_socket, _token);
            _socket.Dispose();
        }
    }

    private void Ready(PollEvents events)
    {
        bool goesOn = _isSending ? Send() : Receive();
        if (!goesOn)
        {
            Close();
        }
    }

    private bool Receive()
    {
        int count = UnixSocket.TryReceive(_socket, _bytes.AsSpan(_done));
        if (count <= 0)
        {
            return count == -(int)Errno.EAGAIN;
        }

        _done += count;
        if (_done < _bytes.Length)
        {
            return true;
        }

        if (_bytes.Length == LengthSize)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(_bytes);
            Array.Resize(ref _bytes, LengthSize + length);
            return length is > 0 and <= MaxQuery;
        }

        // Nothing is read before this one has its answer: the sender waits, not this process's memory.
        Deadline = Environment.TickCount64 + Patience;
        _loop.Modify(_socket, _token, PollEvents.None);
        _query(this, _bytes[LengthSize..], Reply);
        return true;
    }

    private void Reply(ReadOnlySpan<byte> response)
    {
        if (IsClosed)
        {
            return;
        }

        _bytes = new byte[LengthSize + response.Length];
        BinaryPrimitives.WriteUInt16BigEndian(_bytes, (ushort)response.Length);
        response.CopyTo(_bytes.AsSpan(LengthSize));
        (_done, _isSending) = (0, true);
        Deadline = Environment.TickCount64 + Patience;
        _loop.Modify(_socket, _token, PollEvents.Writable);
    }

    private bool Send()
    {
        int count = UnixSocket.TrySend(_socket, _bytes.AsSpan(_done));
        if (count < 0)
        {
            return count == -(int)Errno.EAGAIN;
        }

        _done += count;
        if (_done == _bytes.Length)
        {
            (_bytes, _done, _isSending) = (new byte[LengthSize], 0, false);
            Deadline = Environment.TickCount64 + Patience;
            _loop.Modify(_socket, _token, PollEvents.Readable);
        }

        return true;
    }
}
