using System;
using System.Buffers.Binary;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Http;

namespace FastRun.DockerApi.Streams;

/// <summary>
/// The server's side of a web socket (RFC 6455) as a stream of bytes: what is read are the payloads of messages, of either kind and without
/// their borders; what is written are binary messages. Pings are answered while something is read. One reads and one writes at a time.
/// </summary>
internal sealed class WebSocketStream : DuplexStream
{
    private const int ShortestHeader = 2;
    private const int LongestHeader = 14;
    private const int LongestControl = 125;
    private const int Final = 0x80;
    private const int Masked = 0x80;
    private const byte Continuation = 0;
    private const byte Text = 1;
    private const byte Binary = 2;
    private const byte ConnectionClose = 8;
    private const byte Ping = 9;
    private const byte Pong = 10;
    private const short NormalClosure = 1000;
    private const short ProtocolError = 1002;

    private readonly Stream _inner;
    private readonly Action _closed;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly byte[] _header = new byte[LongestHeader];
    private readonly byte[] _mask = new byte[4];
    private long _left;
    private int _masked;
    private bool _hasEnded;
    private bool _hasClosed;

    /// <param name="inner">The connection, behind the handshake.</param>
    /// <param name="closed">Called when the client has said that no more comes, or keeps to no protocol: nothing is sent to it after that, either.</param>
    internal WebSocketStream(Stream inner, Action closed)
        : base(inner, inner) => (_inner, _closed) = (inner, closed);

    /// <summary>The answer to a client's handshake (RFC 6455, 4.2.2).</summary>
    /// <exception cref="ApiException">It is none.</exception>
    internal static string Handshake(HttpExchange http)
    {
        if (!http.RequestHeaders.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            throw ApiException.Invalid("no upgrade to websocket is asked for");
        }

        string key = http.RequestHeaders.SecWebSocketKey.ToString();
        Span<byte> nonce = stackalloc byte[16];
        if (http.RequestHeaders.SecWebSocketVersion != "13" || key.Length != 24 || !Convert.TryFromBase64String(key, nonce, out int length) || length != 16)
        {
            throw ApiException.Invalid("the handshake is none of a web socket of version 13");
        }

        // SHA-1 as the protocol has it: nothing is kept secret by it.
#pragma warning disable CA5350
        string accepted = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        return $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accepted}\r\n\r\n";
    }

    /// <summary>Says that no more comes; nothing where that was said.</summary>
    internal Task CloseAsync(CancellationToken cancellation) => CloseAsync(NormalClosure, cancellation);

    private async Task CloseAsync(short code, CancellationToken cancellation)
    {
        byte[] payload = new byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(payload, code);
        await SendAsync(ConnectionClose, payload, cancellation);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left == 0)
        {
            if (_hasEnded || !await ReadHeaderAsync(cancellationToken))
            {
                _hasEnded = true;
                return 0;
            }
        }

        int read = await _inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        if (read == 0)
        {
            throw new IOException();
        }

        Unmask(buffer.Span[..read]);
        _left -= read;
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await SendAsync(Binary, buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Reads the header of the next message with a payload; false at the end. Control messages on the way are dealt with.</summary>
    /// <exception cref="IOException">The client does not keep to the protocol: the connection is of no use any more.</exception>
    private async Task<bool> ReadHeaderAsync(CancellationToken cancellation)
    {
        if (await _inner.ReadAtLeastAsync(_header.AsMemory(0, ShortestHeader), ShortestHeader, throwOnEndOfStream: false, cancellation) < ShortestHeader)
        {
            return false;
        }

        int kind = _header[0] & 0x0f;
        bool isControl = kind >= ConnectionClose;
        long length = _header[1] & 0x7f;
        int extra = length == 126 ? sizeof(ushort) : length == 127 ? sizeof(ulong) : 0;

        // Without an extension there are no reserved bits; a client masks; a control message is short and whole (RFC 6455, 5.2 to 5.5).
        if ((_header[0] & 0x70) != 0 || (_header[1] & Masked) == 0 || kind is not (Continuation or Text or Binary or ConnectionClose or Ping or Pong)
            || (isControl && (length > LongestControl || (_header[0] & Final) == 0)))
        {
            throw await BrokenAsync(cancellation);
        }

        await _inner.ReadExactlyAsync(_header.AsMemory(0, extra + _mask.Length), cancellation);
        length = extra == 0 ? length
            : extra == sizeof(ushort) ? BinaryPrimitives.ReadUInt16BigEndian(_header)
            : BinaryPrimitives.ReadInt64BigEndian(_header);
        _header.AsSpan(extra, _mask.Length).CopyTo(_mask);
        _masked = 0;
        if (length < 0)
        {
            throw await BrokenAsync(cancellation);
        }

        if (!isControl)
        {
            _left = length;
            return true;
        }

        byte[] payload = new byte[length];
        await _inner.ReadExactlyAsync(payload, cancellation);
        Unmask(payload);
        switch (kind)
        {
            case ConnectionClose:
                await SendAsync(ConnectionClose, payload.AsMemory(0, Math.Min(payload.Length, sizeof(short))), cancellation);
                _closed();
                return false;
            case Ping:
                await SendAsync(Pong, payload, cancellation);
                return true;
            default:
                return true;
        }
    }

    private async Task<IOException> BrokenAsync(CancellationToken cancellation)
    {
        await CloseAsync(ProtocolError, cancellation);
        _closed();
        return new IOException();
    }

    private void Unmask(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= _mask[_masked++ & 3];
        }
    }

    private async Task SendAsync(byte kind, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        byte[] message = new byte[LongestHeader + payload.Length];
        message[0] = (byte)(Final | kind);
        int length = ShortestHeader;
        if (payload.Length <= LongestControl)
        {
            message[1] = (byte)payload.Length;
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            message[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(length), (ushort)payload.Length);
            length += sizeof(ushort);
        }
        else
        {
            message[1] = 127;
            BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(length), payload.Length);
            length += sizeof(long);
        }

        payload.CopyTo(message.AsMemory(length));
        await _turn.WaitAsync(cancellation);
        try
        {
            if (!_hasClosed)
            {
                _hasClosed = kind == ConnectionClose;
                await _inner.WriteAsync(message.AsMemory(0, length + payload.Length), cancellation);
                await _inner.FlushAsync(cancellation);
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
