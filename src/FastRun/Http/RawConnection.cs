using System;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace FastRun.Http;

/// <summary>
/// The connection below a request, for handlers that take it over as Docker's hijacked streams do: with any request, one that has
/// a body or names no upgrade too, and with clients that end their direction and go on reading (shutdown(2) with SHUT_WR), which
/// Kestrel takes for the end of the connection. A feature of the connection.
/// </summary>
/// <param name="connection">The connection of the transport.</param>
internal sealed class RawConnection(ConnectionContext connection)
{
    private volatile bool _isTaken;

    /// <summary>Whether it was taken over: what the server writes after that goes nowhere.</summary>
    internal bool IsTaken => _isTaken;

    /// <summary>Takes it over. The body of the request was read to its end; the handler answers for itself, and ends with <see cref="EndAsync"/>.</summary>
    internal Stream Take()
    {
        _isTaken = true;
        return new DuplexStream(connection.Transport.Input.AsStream(leaveOpen: true), connection.Transport.Output.AsStream(leaveOpen: true));
    }

    /// <summary>The same for who speaks another protocol over it. Called after <see cref="Take"/>.</summary>
    internal IDuplexPipe Pipe => connection.Transport;

    /// <summary>Ends what is sent: the client gets all of it, then the end.</summary>
    internal ValueTask EndAsync() => connection.Transport.Output.CompleteAsync();

    /// <summary>Whether the client has closed both directions, not only its own.</summary>
    internal bool IsGone => Ask(static descriptor =>
    {
        using PollSet poll = new();
        int entry = poll.Add(descriptor, PollEvents.HungUp);
        poll.Wait(0);
        return (poll.Ready(entry) & (PollEvents.HungUp | PollEvents.Error)) != PollEvents.None;
    }) ?? true;

    /// <summary>Whether there is something that the client, on this machine, has not read yet; not so where the kernel cannot tell.</summary>
    internal bool HasUnread => Socket is { AddressFamily: AddressFamily.Unix } && Ask(UnixSocket.HasUnread) == true;

    private Socket? Socket => connection.Features.Get<IConnectionSocketFeature>()?.Socket;

    /// <summary>
    /// Asks the kernel about the socket. The transport closes it when it likes, after which its number is another file's: it is held
    /// meanwhile.
    /// </summary>
    /// <returns>The answer; null where it is closed.</returns>
    private bool? Ask(Func<int, bool> question)
    {
        if (Socket?.SafeHandle is not { } handle)
        {
            return false;
        }

        bool isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            return question((int)handle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <summary>What the server writes to: the connection, until it is taken over.</summary>
    internal sealed class Writer(PipeWriter output, RawConnection connection) : PipeWriter
    {
        private byte[] _nowhere = [];

        public override Memory<byte> GetMemory(int sizeHint = 0) => connection.IsTaken ? Nowhere(sizeHint) : output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => connection.IsTaken ? Nowhere(sizeHint) : output.GetSpan(sizeHint);

        public override void Advance(int bytes)
        {
            if (!connection.IsTaken)
            {
                output.Advance(bytes);
            }
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            connection.IsTaken ? new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true)) : output.FlushAsync(cancellationToken);

        public override void CancelPendingFlush()
        {
            if (!connection.IsTaken)
            {
                output.CancelPendingFlush();
            }
        }

        public override void Complete(Exception? exception = null)
        {
            if (!connection.IsTaken)
            {
                output.Complete(exception);
            }
        }

        private byte[] Nowhere(int sizeHint)
        {
            if (_nowhere.Length < Math.Max(sizeHint, 4096))
            {
                _nowhere = new byte[Math.Max(sizeHint, 4096)];
            }

            return _nowhere;
        }
    }
}
