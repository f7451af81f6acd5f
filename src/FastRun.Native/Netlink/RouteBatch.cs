using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Netlink;

/// <summary>
/// Requests of rtnetlink(7), written one after the other and sent at once. The kernel does them in their order, each by
/// itself: those after one that failed are tried too. The same object can be used again; from the second use on nothing is
/// allocated.
/// </summary>
public sealed partial class RouteBatch : IDisposable
{
    private readonly NetlinkWriter _writer = new();

    /// <summary>Whether there is nothing to send.</summary>
    public bool IsEmpty => _writer.Count == 0;

    /// <summary>Sends all requests, and returns when the kernel has done them; then there are none. About a hundred at most: the answers must fit the socket.</summary>
    /// <param name="socket">A socket of the namespace that they are about.</param>
    /// <exception cref="SyscallException">The first one that failed: the request's name (RTM_NEWLINK), the errno, the interface, and what the kernel said.</exception>
    public void Send(NetlinkSocket socket)
    {
        if (!TrySend(socket, out SyscallException? failure))
        {
            throw failure;
        }
    }

    /// <summary>As <see cref="Send"/>, where a failure is expected.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked at all.</exception>
    public bool TrySend(NetlinkSocket socket, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out SyscallException? failure)
    {
        ArgumentNullException.ThrowIfNull(socket);
        failure = null;
        if (IsEmpty)
        {
            return true;
        }

        _writer.AcknowledgeLast();
        try
        {
            if (socket.TryExecute(_writer, out NetlinkError error))
            {
                return true;
            }

            failure = error.ToException(_writer);
            return false;
        }
        finally
        {
            _writer.Clear();
        }
    }

    /// <summary>The index of the interface of that name, or 0 where there is none. Between two batches: there must be no request.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public int IndexOf(NetlinkSocket socket, string name)
    {
        if (!IsEmpty)
        {
            throw new InvalidOperationException("there are requests that were not sent");
        }

        try
        {
            return RouteQuery.IndexOf(socket, _writer, name);
        }
        finally
        {
            _writer.Clear();
        }
    }

    /// <summary>
    /// Waits until packets pass an interface whose other end has come up: the kernel notices in its own time (linkwatch), and until
    /// then drops what is sent, and a bridge does not know its port. From Linux 6.8 on it notices when it is asked.
    /// </summary>
    /// <param name="socket">A socket of the interface's namespace.</param>
    /// <param name="name">The interface.</param>
    /// <param name="milliseconds">How long at most.</param>
    /// <returns>False where they do not pass by then.</returns>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public bool WaitUntilOperational(NetlinkSocket socket, string name, int milliseconds)
    {
        if (!IsEmpty)
        {
            throw new InvalidOperationException("there are requests that were not sent");
        }

        try
        {
            long deadline = Environment.TickCount64 + milliseconds;
            while (!RouteQuery.IsOperational(socket, _writer, name))
            {
                if (Environment.TickCount64 >= deadline)
                {
                    return false;
                }

                _writer.Clear();
                Pause();
            }

            return true;
        }
        finally
        {
            _writer.Clear();
        }
    }

    /// <summary>The requests as they would be sent, for tests.</summary>
    internal ReadOnlySpan<byte> Written => _writer.Written;

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private static unsafe void Pause()
    {
        __kernel_timespec step = new() { tv_nsec = 200_000 };
        Kernel.syscall(Sys.nanosleep, (nint)(&step), 0, 0, 0, 0, 0);
    }

    private void Address(int type, InternetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _writer.Bytes(type, bytes[..address.Write(bytes)]);
    }

    private void Address(int type, MacAddress address)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        address.Write(bytes);
        _writer.Bytes(type, bytes);
    }

    private void Boolean(int type, bool? value)
    {
        if (value is bool set)
        {
            _writer.UInt8(type, set ? (byte)1 : (byte)0);
        }
    }
}
