using System.Net;
using System.Net.Sockets;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Sockets;

/// <summary>Against sockets of the runtime's, over loopback.</summary>
public sealed class InternetSocketTests
{
    private const int Patience = 60_000;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Datagrams_GoBothWays(string text)
    {
        IPAddress address = IPAddress.Parse(text);
        using Fd server = InternetSocket.BindDatagram(new SocketEndpoint(address, 0));
        int port = InternetSocket.LocalEndpoint(server).Port;
        Assert.InRange(port, 1, 65535);
        using Socket client = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Patience };
        client.Connect(address, port);
        client.Send([1, 2, 3]);
        Wait(server, PollEvents.Readable);
        byte[] buffer = new byte[10];
        Assert.Equal(3, InternetSocket.TryReceiveFrom(server, buffer, out SocketEndpoint sender));
        Assert.Equal(((IPEndPoint)client.LocalEndPoint!).Port, sender.Port);
        Assert.Equal(2, InternetSocket.TrySendTo(server, [4, 5], sender));
        Assert.Equal(2, client.Receive(buffer));
        Assert.Equal([4, 5], buffer[..2]);
        Assert.Equal(-(int)Errno.EAGAIN, InternetSocket.TryReceiveFrom(server, buffer, out _));
    }

    [Fact]
    public void ConnectedDatagram_WhereNobodyIs_SaysSoWhenItIsRead()
    {
        int port;
        using (Fd gone = InternetSocket.BindDatagram(new SocketEndpoint(IPAddress.Loopback, 0)))
        {
            port = InternetSocket.LocalEndpoint(gone).Port;
        }

        using Fd? client = InternetSocket.TryConnectDatagram(new SocketEndpoint(IPAddress.Loopback, port), out _);
        Assert.NotNull(client);
        Assert.Equal(1, UnixSocket.TrySend(client, [1]));
        Wait(client, PollEvents.Readable);
        Assert.Equal(-(int)Errno.ECONNREFUSED, UnixSocket.TryReceive(client, new byte[10]));
    }

    [Fact]
    public void Streams_AreAcceptedAndConnected()
    {
        using Fd listener = InternetSocket.Listen(new SocketEndpoint(IPAddress.Loopback, 0), 8);
        Assert.Null(InternetSocket.TryAccept(listener));
        SocketEndpoint at = InternetSocket.LocalEndpoint(listener);
        using Fd? client = InternetSocket.TryConnectStream(at, out Errno errno);
        Assert.Equal(Errno.None, errno);
        Wait(listener, PollEvents.Readable);
        using Fd? served = InternetSocket.TryAccept(listener);
        Wait(client!, PollEvents.Writable);
        Assert.Equal(Errno.None, InternetSocket.PendingError(client!));
        Assert.Equal(2, UnixSocket.TrySend(client!, [1, 2]));
        Wait(served!, PollEvents.Readable);
        Assert.Equal(2, UnixSocket.TryReceive(served!, new byte[10]));
    }

    [Fact]
    public void Stream_WhereNobodyListens_IsRefusedThen()
    {
        SocketEndpoint at;
        using (Fd gone = InternetSocket.Listen(new SocketEndpoint(IPAddress.Loopback, 0), 8))
        {
            at = InternetSocket.LocalEndpoint(gone);
        }

        using Fd? client = InternetSocket.TryConnectStream(at, out Errno errno);
        if (client is not null)
        {
            Wait(client, PollEvents.Writable);
            errno = InternetSocket.PendingError(client);
        }

        Assert.Equal(Errno.ECONNREFUSED, errno);
    }

    [Fact]
    public void Bind_TakenPortOrForeignAddress_SaysWhy()
    {
        using Fd first = InternetSocket.BindDatagram(new SocketEndpoint(IPAddress.Loopback, 0));
        SocketEndpoint at = InternetSocket.LocalEndpoint(first);
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<SyscallException>(() => InternetSocket.BindDatagram(at)).Errno);
        SocketEndpoint foreign = new(IPAddress.Parse("192.0.2.1"), 0);
        Assert.Equal(Errno.EADDRNOTAVAIL, Assert.Throws<SyscallException>(() => InternetSocket.Listen(foreign, 1)).Errno);
    }

    private static void Wait(Fd descriptor, PollEvents events)
    {
        using PollSet poll = new();
        poll.Add(descriptor.Number, events);
        Assert.True(poll.Wait(Patience), "nothing happened");
    }
}
