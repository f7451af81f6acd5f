using System;
using System.Net;
using FastRun.Native;
using FastRun.Native.Namespaces;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// The two sockets at which a container's resolver answers: made in the container's network namespace, so that a query never
/// leaves it, and held by the name server, which is not in it. They have ports of the kernel's choice: see
/// <see cref="PortRedirection"/>.
/// </summary>
internal sealed class ResolverSockets : IDisposable
{
    /// <summary>Where a container's resolver answers, as in Docker: images and scripts have this address in them.</summary>
    internal static readonly IPAddress Address = new([127, 0, 0, 11]);

    private const int Backlog = 128;

    private ResolverSockets(Fd datagram, Fd stream)
    {
        Datagram = datagram;
        Stream = stream;
    }

    /// <summary>For UDP.</summary>
    internal Fd Datagram { get; }

    /// <summary>For TCP, listening.</summary>
    internal Fd Stream { get; }

    /// <summary>Those that another process has made.</summary>
    internal static ResolverSockets Take(Fd datagram, Fd stream) => new(datagram, stream);

    /// <summary>Makes them.</summary>
    /// <param name="networkNamespace">The namespace, or a pidfd of a process in it; its loopback interface is up.</param>
    /// <param name="isNew">Whether nothing has run in it yet.</param>
    /// <exception cref="SyscallException">It cannot be entered.</exception>
    internal static ResolverSockets Open(Fd networkNamespace, bool isNew)
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(networkNamespace);
        SocketEndpoint any = new(Address, 0);
        ResolverSockets sockets = new(InternetSocket.BindDatagram(any), new Fd(-1));
        try
        {
            sockets = new ResolverSockets(sockets.Datagram, InternetSocket.Listen(any, Backlog));
            PortRedirection.Install(sockets, isNew);
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Datagram.Dispose();
        Stream.Dispose();
    }
}
