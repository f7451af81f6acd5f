using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Containers.Records;
using FastRun.Layers;
using FastRun.Native;

namespace FastRun.Engine.Supervision;

/// <summary>
/// A connection to the supervisor of a container for callers that have many and must not give each a thread: it is read by one
/// and written by one at a time.
/// </summary>
public sealed class AttachSession : IDisposable
{
    private readonly FrameConnection _connection;
    private readonly Socket _socket;
    private readonly SemaphoreSlim _turn = new(1, 1);

    internal AttachSession(FrameConnection connection)
    {
        _connection = connection;
        _socket = new Socket(new SafeSocketHandle(connection.Release(), ownsHandle: true));
    }

    /// <summary>The process that was started, where it is one more of a container that runs; else 0.</summary>
    public int ProcessId { get; internal init; }

    /// <summary>The exit code, once <see cref="AttachedFrame.Exited"/> was read.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Connects to a container that runs; null where no supervisor listens.</summary>
    /// <exception cref="SyscallException">It cannot be reached for another reason.</exception>
    public static AttachSession? TryConnect(StateLayout layout, ContainerRecord record, AttachStreams streams) =>
        AttachClient.TryConnect(layout, record, streams)?.ToSession();

    /// <summary>Waits for what comes next.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>What it is, and its bytes, which are valid until the next call; <see cref="AttachedFrame.Lost"/> when the supervisor is gone.</returns>
    public async ValueTask<(AttachedFrame Kind, ReadOnlyMemory<byte> Content)> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (_connection.TryTake(out FrameType type, out ReadOnlyMemory<byte> payload))
            {
                switch (type)
                {
                    case FrameType.Stdout:
                        return (AttachedFrame.Stdout, payload);
                    case FrameType.Stderr:
                        return (AttachedFrame.Stderr, payload);
                    case FrameType.Exited:
                        ExitCode = BinaryPrimitives.ReadInt32BigEndian(payload.Span);
                        return (AttachedFrame.Exited, default);
                    default:
                        break;
                }
            }

            if (_connection.IsBroken)
            {
                return (AttachedFrame.Lost, default);
            }

            try
            {
                // Without room for a byte it waits until there is something, and takes nothing.
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellation).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // Killed, with something of ours unread.
                return (AttachedFrame.Lost, default);
            }

            _connection.Receive();
        }
    }

    /// <summary>Waits until the container has ended; null where its supervisor was killed.</summary>
    public async Task<int?> WaitUntilExitedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            (AttachedFrame kind, _) = await ReadAsync(cancellation).ConfigureAwait(false);
            if (kind is AttachedFrame.Exited or AttachedFrame.Lost)
            {
                return ExitCode;
            }
        }
    }

    /// <summary>Gives bytes to its standard input, as soon as it takes them.</summary>
    /// <returns>Whether anybody is there.</returns>
    public async ValueTask<bool> SendInputAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        for (bool isThere = true; ; bytes = bytes[FrameConnection.LargestPayload..])
        {
            isThere &= await SendAsync(FrameType.Stdin, bytes[..Math.Min(bytes.Length, FrameConnection.LargestPayload)], cancellation).ConfigureAwait(false);
            if (!isThere || bytes.Length <= FrameConnection.LargestPayload)
            {
                return isThere;
            }
        }
    }

    /// <summary>Ends its standard input.</summary>
    public ValueTask<bool> EndInputAsync(CancellationToken cancellation) => SendAsync(FrameType.StdinEnd, default, cancellation);

    /// <summary>Says that the caller leaves on purpose: what goes with its caller goes on.</summary>
    public ValueTask<bool> DetachAsync(CancellationToken cancellation) => SendAsync(FrameType.Detach, default, cancellation);

    /// <summary>Gives its terminal a size.</summary>
    public ValueTask<bool> ResizeAsync(ushort rows, ushort columns, CancellationToken cancellation)
    {
        byte[] size = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(size, rows);
        BinaryPrimitives.WriteUInt16BigEndian(size.AsSpan(2), columns);
        return SendAsync(FrameType.Resize, size, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _connection.Dispose();
    }

    /// <summary>A frame is sent whole: who stops waiting for it leaves it to be sent, and the next one behind it.</summary>
    private async ValueTask<bool> SendAsync(FrameType type, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        return await SendInTurnAsync(type, payload.Span).WaitAsync(cancellation).ConfigureAwait(false);
    }

    private Task<bool> SendInTurnAsync(FrameType type, ReadOnlySpan<byte> payload)
    {
        int length = FrameConnection.HeaderLength + payload.Length;
        byte[] frame = ArrayPool<byte>.Shared.Rent(length);
        FrameConnection.Write(type, payload, frame);
        return SendInTurnAsync(frame, length);
    }

    private async Task<bool> SendInTurnAsync(byte[] frame, int length)
    {
        try
        {
            for (Memory<byte> rest = frame.AsMemory(0, length); !rest.IsEmpty;)
            {
                rest = rest[await _socket.SendAsync(rest, SocketFlags.None).ConfigureAwait(false)..];
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Who reads will see that it is gone.
            return false;
        }
        finally
        {
            _turn.Release();
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
