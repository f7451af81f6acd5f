using System;
using System.Buffers.Binary;
using FastRun.Native;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Build.Ssh;

/// <summary>The messages of the agent protocol on a socket: a length in big-endian, then so many bytes (draft-miller-ssh-agent).</summary>
/// <param name="socket">The connection.</param>
/// <param name="stop">Becomes readable when all is to end.</param>
internal sealed class AgentStream(Fd socket, Fd stop)
{
    /// <summary>OpenSSH's limit.</summary>
    private const int LargestMessage = 256 * 1024;

    /// <summary>The next message; null at the end, whether it was told to end or the other side did, or does not keep to the form.</summary>
    internal byte[]? TryRead()
    {
        byte[] length = new byte[sizeof(uint)];
        if (!TryFill(length))
        {
            return null;
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (count is 0 or > LargestMessage)
        {
            return null;
        }

        byte[] message = new byte[count];
        return TryFill(message) ? message : null;
    }

    /// <summary>Writes a message; false where the other side is gone.</summary>
    internal bool TryWrite(ReadOnlySpan<byte> message)
    {
        byte[] framed = new byte[sizeof(uint) + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, message.Length);
        message.CopyTo(framed.AsSpan(sizeof(uint)));
        int sent = 0;
        while (sent < framed.Length)
        {
            int count = UnixSocket.TrySend(socket, framed.AsSpan(sent));
            if (count >= 0)
            {
                sent += count;
            }
            else if (count is not (-(int)Errno.EAGAIN or -(int)Errno.EINTR) || !TryWait(PollEvents.Writable))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryFill(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = UnixSocket.TryReceive(socket, bytes);
            if (count > 0)
            {
                bytes = bytes[count..];
            }
            else if (count is not (-(int)Errno.EAGAIN or -(int)Errno.EINTR) || !TryWait(PollEvents.Readable))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWait(PollEvents events)
    {
        using PollSet set = new();
        int entry = set.Add(socket.Number, events);
        int end = set.Add(stop.Number, PollEvents.Readable);
        while (set.Ready(entry) == PollEvents.None)
        {
            set.Wait();
            if (set.Ready(end) != PollEvents.None)
            {
                return false;
            }
        }

        return true;
    }
}
