using System;
using System.Buffers.Binary;
using FastRun.Native;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Supervision;

/// <summary>
/// Frames over a socket that never blocks its loop: a header of eight bytes (type, three zeros, the length in big-endian), then
/// the payload. What the other side does not take waits here.
/// </summary>
internal sealed class FrameConnection(Fd socket) : IDisposable
{
    /// <summary>The longest payload.</summary>
    internal const int LargestPayload = 32 * 1024;

    /// <summary>The length of what is before each payload.</summary>
    internal const int HeaderLength = 8;
    private const int Shrunk = 64 * 1024;
    private const int FirstRoom = 4096;

    private byte[] _incoming = new byte[FirstRoom];
    private int _received;
    private int _consumed;
    private byte[] _outgoing = [];
    private int _sent;
    private int _queued;

    /// <summary>The socket, to poll.</summary>
    internal Fd Socket => socket;

    /// <summary>How many bytes wait for the other side.</summary>
    internal int Pending => _queued - _sent;

    /// <summary>
    /// The other side is gone, or does not keep to the form, and all that it has sent was received. One that reads no more may have left words on
    /// the way: those are still to come.
    /// </summary>
    internal bool IsBroken { get; private set; }

    /// <summary>The other side reads no more: nothing is sent to it.</summary>
    internal bool IsDeaf { get; private set; }

    /// <summary>Puts a frame behind those that wait, and sends what fits.</summary>
    internal void Send(FrameType type, ReadOnlySpan<byte> payload)
    {
        if (IsBroken || IsDeaf)
        {
            return;
        }

        Write(type, payload, Reserve(HeaderLength + payload.Length));
        Flush();
    }

    /// <summary>Writes a frame where there is room for it and its header.</summary>
    internal static void Write(FrameType type, ReadOnlySpan<byte> payload, Span<byte> room)
    {
        room[..HeaderLength].Clear();
        room[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(room[4..], payload.Length);
        payload.CopyTo(room[HeaderLength..]);
    }

    /// <summary>Gives its descriptor to somebody who closes it from now on, and goes on using it.</summary>
    internal int Release()
    {
        int number = socket.Number;
        socket.SetHandleAsInvalid();
        socket = Fd.Borrow(number);
        return number;
    }

    /// <summary>Sends what fits of what waits.</summary>
    internal void Flush()
    {
        while (Pending > 0 && !IsBroken && !IsDeaf)
        {
            int sent = UnixSocket.TrySend(socket, _outgoing.AsSpan(_sent, Pending));
            if (sent < 0)
            {
                IsDeaf = sent is not (-(int)Errno.EAGAIN or -(int)Errno.EINTR);
                break;
            }

            _sent += sent;
        }

        if (Pending == 0 || IsBroken || IsDeaf)
        {
            (_sent, _queued) = (0, 0);
            _outgoing = _outgoing.Length > Shrunk ? [] : _outgoing;
        }
    }

    /// <summary>Receives once what is there, as far as there is room behind the frames that nobody has read yet.</summary>
    internal void Receive()
    {
        if (_consumed > 0)
        {
            _incoming.AsSpan(_consumed, _received - _consumed).CopyTo(_incoming);
            (_received, _consumed) = (_received - _consumed, 0);
        }

        if (_received == _incoming.Length)
        {
            if (_received == HeaderLength + LargestPayload || HasFrame)
            {
                return;
            }

            // Most connections carry little; who waits for a long frame gets room for the longest.
            Array.Resize(ref _incoming, HeaderLength + LargestPayload);
        }

        int read = UnixSocket.TryReceive(socket, _incoming.AsSpan(_received));
        if (read > 0)
        {
            _received += read;
        }
        else
        {
            IsBroken = read is not (-(int)Errno.EAGAIN or -(int)Errno.EINTR);
        }
    }

    /// <summary>Whether a whole frame was received that nobody has read yet.</summary>
    internal bool HasFrame
    {
        get
        {
            ReadOnlySpan<byte> left = _incoming.AsSpan(_consumed, _received - _consumed);
            return left.Length >= HeaderLength
                && BinaryPrimitives.ReadInt32BigEndian(left[4..]) is >= 0 and var length && length <= left.Length - HeaderLength;
        }
    }

    /// <summary>The next whole frame of what was received; the payload is valid until the next <see cref="Receive"/>.</summary>
    internal bool TryRead(out FrameType type, out ReadOnlySpan<byte> payload)
    {
        bool any = TryTake(out type, out ReadOnlyMemory<byte> memory);
        payload = memory.Span;
        return any;
    }

    /// <summary>As <see cref="TryRead"/>, for who goes on elsewhere with it.</summary>
    internal bool TryTake(out FrameType type, out ReadOnlyMemory<byte> payload)
    {
        ReadOnlySpan<byte> left = _incoming.AsSpan(_consumed, _received - _consumed);
        type = default;
        payload = default;
        if (left.Length < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(left[4..]);
        if (length is < 0 or > LargestPayload)
        {
            IsBroken = true;
            return false;
        }

        if (left.Length < HeaderLength + length)
        {
            return false;
        }

        type = (FrameType)left[0];
        payload = _incoming.AsMemory(_consumed + HeaderLength, length);
        _consumed += HeaderLength + length;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private Span<byte> Reserve(int length)
    {
        if (_queued + length > _outgoing.Length)
        {
            byte[] target = Pending + length > _outgoing.Length ? new byte[Math.Max(4096, (Pending + length) * 2)] : _outgoing;
            _outgoing.AsSpan(_sent, Pending).CopyTo(target);
            (_outgoing, _queued, _sent) = (target, Pending, 0);
        }

        _queued += length;
        return _outgoing.AsSpan(_queued - length, length);
    }
}
