using System;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>A way to the name server, which is started where there is none.</summary>
internal sealed class NameServerConnection : IDisposable
{
    private const int Patience = 10_000;

    private readonly Fd _socket;

    private NameServerConnection(Fd socket) => _socket = socket;

    /// <summary>Connects; does not wait for one that is being started.</summary>
    /// <exception cref="EngineException">It cannot be started.</exception>
    internal static NameServerConnection Open(StateLayout layout)
    {
        NameServerPaths.MakeDirectory(layout);
        using Fd directory = FileAt.OpenDirectory(null, layout.NameServer);
        if (UnixSocket.TryConnect(directory, NameServerPaths.Socket) is { } connected)
        {
            return new NameServerConnection(connected);
        }

        // Until the one that is being started, by this process or another, listens; or the one that ends is gone.
        using FileLock held = FileLock.Acquire(directory, NameServerPaths.Lock, FileLockMode.Exclusive);
        return new NameServerConnection(UnixSocket.TryConnect(directory, NameServerPaths.Socket) ?? Start(layout, held.Share()));
    }

    /// <summary>
    /// Starts a name server in place of one that was killed, so that its containers find names again. Where that cannot be, the next
    /// command tries again: nothing that a user asked for depends on it.
    /// </summary>
    internal static void Restore(StateLayout layout)
    {
        try
        {
            if (IsMissed(layout))
            {
                Open(layout).Dispose();
            }
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            // The next one.
        }
    }

    /// <summary>Sends a message with descriptors and waits until the name server has taken it: one that is being killed takes nothing.</summary>
    /// <returns>False where it is gone, or does not answer.</returns>
    internal bool TrySend(ReadOnlySpan<byte> message, params ReadOnlySpan<Fd> descriptors)
    {
        if (DescriptorPassing.Send(_socket, message, descriptors) != Errno.None)
        {
            return false;
        }

        using PollSet poll = new();
        poll.Add(_socket.Number, PollEvents.Readable);
        long deadline = Environment.TickCount64 + Patience;
        Span<byte> taken = stackalloc byte[1];
        long left;
        while ((left = deadline - Environment.TickCount64) > 0)
        {
            if (poll.Wait(left))
            {
                return UnixSocket.TryReceive(_socket, taken) == 1;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Whether there are records of containers and nobody who serves them.</summary>
    private static bool IsMissed(StateLayout layout)
    {
        using Fd? directory = FileAt.TryOpen(
            null, layout.NameServer, OpenFlags.Read | OpenFlags.Directory, 0, ResolveFlags.None, out _);
        if (directory is null)
        {
            return false;
        }

        foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
        {
            if (ResolverRecord.ContainerOf(entry.Text) is not null)
            {
                using Fd? connected = UnixSocket.TryConnect(directory, NameServerPaths.Socket);
                return connected is null;
            }
        }

        return false;
    }

    private static Fd Start(StateLayout layout, Fd held)
    {
        (Fd own, Fd other) = UnixSocket.Pair();
        using (other)
        {
            Errno error = DetachedProgram.TryStartApart(
                layout, [NameServer.Command, Text(other.Number), Text(held.Number)], NameServer.Capabilities, other, held);
            if (error == Errno.None)
            {
                return own;
            }

            own.Dispose();
            throw new EngineException(ErrorKind.Internal, $"name server: it cannot be started: {error.Describe()}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
