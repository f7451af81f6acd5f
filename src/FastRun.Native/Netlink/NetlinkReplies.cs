using System;
using System.Runtime.InteropServices;

namespace FastRun.Native.Netlink;

/// <summary>
/// The replies to one request, received as they are enumerated: of a dump all its parts, else one message. Disposing (as
/// foreach does) takes the rest out of the socket.
/// </summary>
internal ref struct NetlinkReplies
{
    private readonly NetlinkSocket _socket;
    private readonly NetlinkWriter _request;
    private readonly uint _sequence;
    private ReadOnlySpan<byte> _datagram;
    private string? _explanation;
    private bool _ended;

    internal NetlinkReplies(NetlinkSocket socket, NetlinkWriter request, uint sequence) =>
        (_socket, _request, _sequence) = (socket, request, sequence);

    /// <summary>The reply that <see cref="MoveNext"/> came to.</summary>
    public NetlinkMessage Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly NetlinkReplies GetEnumerator() => this;

    /// <summary>Goes to the next reply.</summary>
    /// <exception cref="SyscallException">
    /// What the kernel had against the request; EINTR where what was asked for changed meanwhile, so that the replies are
    /// no picture of any moment: ask again.
    /// </exception>
    public bool MoveNext() =>
        TryMoveNext(out Errno errno)
        || (errno == Errno.None ? false : throw new NetlinkError(errno, 0, _explanation).ToException(_request));

    /// <summary>As <see cref="MoveNext"/>, where an error is expected.</summary>
    public bool TryMoveNext(out Errno errno)
    {
        errno = Errno.None;
        while (!_ended)
        {
            if (!NetlinkMessage.TryTake(ref _datagram, out NetlinkMessage message))
            {
                _ended = !_socket.TryReceive(out _datagram);
                continue;
            }

            if (message.Sequence != _sequence || message.Type is Interop.Netlink.NLMSG_NOOP or Interop.Netlink.NLMSG_OVERRUN)
            {
                continue;
            }

            errno = Read(message, out bool last, ref _explanation);
            _ended = last;
            if (errno != Errno.None)
            {
                return false;
            }

            if (message.Type is not (Interop.Netlink.NLMSG_ERROR or Interop.Netlink.NLMSG_DONE))
            {
                Current = message;
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes what was not enumerated out of the socket: a dump that is left unfinished refuses the next one.</summary>
    public void Dispose()
    {
        while (!_ended)
        {
            _ended = !_socket.TryReceive(out _);
        }
    }

    private static Errno Read(scoped NetlinkMessage message, out bool last, ref string? explanation)
    {
        last = true;
        switch (message.Type)
        {
            case Interop.Netlink.NLMSG_ERROR:
                NetlinkError error = NetlinkError.Read(message, 0);
                explanation = error.Explanation;
                return error.Errno;
            case Interop.Netlink.NLMSG_DONE when MemoryMarshal.TryRead(message.Payload, out int result) && result < 0:
                return (Errno)(-result);
            case Interop.Netlink.NLMSG_DONE:
                break;
            default:
                last = (message.Flags & NetlinkFlags.Multipart) == 0;
                break;
        }

        // Of the parts of a dump; of other replies the flag means nothing.
        bool dumped = !last || message.Type == Interop.Netlink.NLMSG_DONE;
        return dumped && (message.Flags & NetlinkFlags.Interrupted) != 0 ? Errno.EINTR : Errno.None;
    }
}
