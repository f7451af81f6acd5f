using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Ports;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Netlink;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Tests.Networks.Ports;

/// <summary>A container whose ports are held and passed on, with what the kernel cannot lead to it.</summary>
public sealed class PortPublisherTests : IDisposable
{
    private readonly NetworkLab _lab = new();
    private readonly TemporaryTree _tree = new();
    private readonly StateLayout _layout;
    private readonly LabHost _container;
    private readonly NetworkFirewall _firewall;
    private Fd? _control;
    private Thread? _publisher;

    public PortPublisherTests()
    {
        _layout = new StateLayout(_tree.Host + "/data", _tree.Host + "/run");
        _lab.AddBridge("br1", "10.1.0.1");
        _container = _lab.AddContainer("br1", "fr-a", "10.1.0.2", "10.1.0.1");
        _firewall = _lab.Host.Run(() => NetworkFirewall.Open(FirewallTable.Of(_layout), static () => FirewallContent.Empty));
        _firewall.AddNetwork(new FirewallNetwork("br1", IsInternal: false, Masquerades: true));
    }

    [Fact]
    public void Stream_OverEveryWay_ComesToTheContainer()
    {
        using TcpListener server = _container.Serve(80);
        Publish("8080:80");

        Assert.Equal("10.1.0.1", _lab.Host.Connect("127.0.0.1", 8080));
        Assert.Equal("10.1.0.1", _lab.Host.Connect("127.0.0.9", 8080));
        Assert.Equal("10.1.0.1", _lab.Host.Connect("::1", 8080));
        Assert.Equal("192.0.2.1", _lab.Host.Connect("192.0.2.1", 8080));
        Assert.Equal("192.0.2.2", _lab.Outside.Connect("192.0.2.1", 8080));
        Assert.Equal("10.1.0.1", _lab.Outside.Connect("2001:db8::1", 8080));
        Assert.Equal("10.1.0.1", _container.Connect("192.0.2.1", 8080));
    }

    [Fact]
    public void Datagrams_OverEveryWay_AreAnsweredFromTheAddressThatTheyCameTo()
    {
        using UdpClient server = _container.ServeDatagrams(53);
        Publish("5353:53/udp");

        // A socket that is connected takes answers from that address only.
        Assert.Equal("10.1.0.1", _lab.Host.Ask("127.0.0.1", 5353));
        Assert.Equal("10.1.0.1", _lab.Host.Ask("127.0.0.9", 5353));
        Assert.Equal("10.1.0.1", _lab.Host.Ask("::1", 5353));
        Assert.Equal("192.0.2.1", _lab.Host.Ask("192.0.2.1", 5353));
        Assert.Equal("192.0.2.2", _lab.Outside.Ask("192.0.2.1", 5353));
        Assert.Equal("10.1.0.1", _lab.Outside.Ask("2001:db8::1", 5353));
        Assert.Equal("10.1.0.1", _container.Ask("192.0.2.1", 5353));
    }

    [Fact]
    public void Loopback_IsOfTheHostAlone()
    {
        using TcpListener server = _container.Serve(80);
        Publish("127.0.0.1:8080:80");

        Assert.Equal("10.1.0.1", _lab.Host.Connect("127.0.0.1", 8080));
        Assert.DoesNotContain("8080", _lab.Host.Tool("nft", "list ruleset"));
        using Socket socket = _lab.Outside.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => socket.Connect("192.0.2.1", 8080)).SocketErrorCode);
    }

    [Fact]
    public async Task Stream_OfManyMegabytes_WithHalfClose_ComesBackWhole()
    {
        TcpListener echo = _container.Run(static () =>
        {
            TcpListener made = new(IPAddress.Any, 80);
            made.Start();
            return made;
        });
        using (echo)
        {
            Task server = EchoAfterEnd(echo);
            Publish("8080:80");
            using TcpClient client = _lab.Host.Run(static () => new TcpClient("127.0.0.1", 8080));
            byte[] sent = new byte[8 << 20];
            new Random(1).NextBytes(sent);

            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(sent);
            client.Client.Shutdown(SocketShutdown.Send);
            using MemoryStream received = new();
            await stream.CopyToAsync(received);

            await server;
            Assert.Equal(sent, received.ToArray());
        }
    }

    [Fact]
    public void Stream_ThatNobodyTakes_IsBrokenOff()
    {
        Publish("8080:80");
        using Socket socket = _lab.Host.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        SocketError error = SocketError.Success;
        try
        {
            socket.Connect("127.0.0.1", 8080);
            socket.ReceiveTimeout = 60_000;
            socket.Receive(new byte[1]);
        }
        catch (SocketException exception)
        {
            error = exception.SocketErrorCode;
        }

        Assert.Equal(SocketError.ConnectionReset, error);
    }

    [Fact]
    public void OwnersEnd_FreesThePort_AndTheFirewall()
    {
        using TcpListener server = _container.Serve(80);
        Publish("8080:80");
        Assert.Contains("8080", _lab.Host.Tool("nft", "list ruleset"));
        Assert.Equal(Errno.EADDRINUSE, TryBind(8080));

        _control!.Dispose();
        Assert.True(_publisher!.Join(60_000));

        Assert.DoesNotContain("8080", _lab.Host.Tool("nft", "list ruleset"));
        Assert.Equal(Errno.None, TryBind(8080));
    }

    [Fact]
    public void Claim_OfAPortInUse_IsDockersError()
    {
        using TcpListener other = _lab.Host.Serve(8080);

        EngineException exception = Assert.Throws<EngineException>(() => Claim("8080:80"));

        Assert.Equal("driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:8080 failed: port is already allocated", exception.Message);
        Assert.Equal("driver failed programming external connectivity on endpoint web: Bind for 198.51.100.1:8080 failed: cannot assign requested address", Assert.Throws<EngineException>(() => Claim("198.51.100.1:8080:80")).Message);
    }

    [Fact]
    public void Claim_OfARange_TakesTheFirstThatIsFree()
    {
        using TcpListener other = _lab.Host.Serve(8080);

        using PortClaims claims = Claim("8080-8081:80");
        EngineException exception = Assert.Throws<EngineException>(() => Claim("8080-8081:80"));

        Assert.Equal(["0.0.0.0:8081-80/tcp", "[::]:8081-80/tcp"], claims.Ports.Select(port => port.ToString()));
        Assert.Equal("driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:8080-8081 failed: all ports are allocated", exception.Message);
    }

    [Fact]
    public void Claim_OfAnyPort_IsTheSameInBothFamilies()
    {
        using PortClaims claims = Claim("80");

        Assert.Equal(2, claims.All.Count);
        Assert.NotEqual(0, claims.Ports[0].HostPort);
        Assert.Equal(claims.Ports[0].HostPort, claims.Ports[1].HostPort);
    }

    [Fact]
    public void Claim_ThatFails_HoldsNothing()
    {
        using TcpListener other = _lab.Host.Serve(8081);

        Assert.Throws<EngineException>(() => Claim("8080:80", "8081:81"));

        using PortClaims claims = Claim("8080:80");
        Assert.Equal(2, claims.All.Count);
    }

    [Fact]
    public void Claim_OfSctp_IsExclusive()
    {
        using PortClaims claims = Claim("3868:3868/sctp");

        Assert.Contains("port is already allocated", Assert.Throws<EngineException>(() => Claim("3868:3868/sctp")).Message);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _control?.Dispose();
        _publisher?.Join();
        _firewall?.Dispose();
        _tree.Dispose();
        _lab.Dispose();
    }

    private static async Task EchoAfterEnd(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        using MemoryStream received = new();
        NetworkStream stream = client.GetStream();
        await stream.CopyToAsync(received);
        received.Position = 0;
        await received.CopyToAsync(stream);
    }

    private Errno TryBind(int port) => _lab.Host.Run(() =>
    {
        using Fd? socket = PortSocket.TryBind(6, IPAddress.Any, port, out Errno errno);
        return errno;
    });

    private PortClaims Claim(params string[] texts) => _lab.Host.Run(
        () => PortClaims.Claim(_layout, [.. texts.SelectMany(PortSyntax.Parse)], IPAddress.Parse("10.1.0.2"), null, "web"));

    /// <summary>Publishes as a container's start does; the process that holds the ports is a thread here.</summary>
    private void Publish(params string[] texts)
    {
        InternetAddress address = IPAddress.Parse("10.1.0.2");
        PortClaims claims = Claim(texts);
        (_control, Fd its) = UnixSocket.Pair();
        IReadOnlyList<PublishedPort> ports = claims.Ports;
        List<string> sockets = [.. claims.All.Select(PublishedSocket.Text)];
        foreach (PortClaim claim in claims.All)
        {
            // The descriptors are the publisher's now.
            claim.Socket.SetHandleAsInvalid();
        }

        _publisher = new Thread(() => _lab.Host.Run(() =>
        {
            PortPublisher.Run(_layout, its, sockets);
            return 0;
        }));
        _publisher.Start();
        _firewall.Admit(new FirewallEndpoint(MacAddress.OfIPv4(address), address, null) { Ports = ports });
    }
}
