using System;
using System.Net;
using System.Net.Sockets;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Ports;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Tests.Networks.Firewall;

/// <summary>Two networks and an internal one on a host, with real traffic between them and the outside.</summary>
public sealed class NetworkFirewallTests : IDisposable
{
    private const string Table = "test";

    private static readonly FirewallNetwork s_first = new("br1", IsInternal: false, Masquerades: true);
    private static readonly FirewallNetwork s_second = new("br2", IsInternal: false, Masquerades: true);
    private static readonly FirewallNetwork s_internal = new("br3", IsInternal: true, Masquerades: false);

    private readonly NetworkLab _lab = new();
    private readonly LabHost _a;
    private readonly LabHost _b;
    private readonly LabHost _c;
    private readonly LabHost _inner;
    private readonly FirewallEndpoint _endpointA = Endpoint("10.1.0.2", "fd01::2");
    private readonly NetworkFirewall _firewall;
    private FirewallContent _content = FirewallContent.Empty;

    /// <summary>A and B in one network, C in another, one in an internal network.</summary>
    public NetworkFirewallTests()
    {
        _lab.AddBridge("br1", "10.1.0.1", "fd01::1");
        _lab.AddBridge("br2", "10.2.0.1");
        _lab.AddBridge("br3", "10.3.0.1");
        _a = _lab.AddContainer("br1", "fr-a", "10.1.0.2", "10.1.0.1", "fd01::2", "fd01::1");
        _b = _lab.AddContainer("br1", "fr-b", "10.1.0.3", "10.1.0.1", "fd01::3", "fd01::1");
        _c = _lab.AddContainer("br2", "fr-c", "10.2.0.2", "10.2.0.1");
        _inner = _lab.AddContainer("br3", "fr-i", "10.3.0.2", "10.3.0.1");
        _firewall = _lab.Host.Run(() => NetworkFirewall.Open(Table, () => _content));
        _firewall.AddNetwork(s_first);
        _firewall.AddNetwork(s_second);
        _firewall.AddNetwork(s_internal);
        _firewall.Admit(_endpointA);
        _firewall.Admit(Endpoint("10.1.0.3", "fd01::3"));
        _firewall.Admit(Endpoint("10.2.0.2"));
        _firewall.Admit(Endpoint("10.3.0.2"));
    }

    [Fact]
    public void Outside_SeesTheHostsAddress()
    {
        using TcpListener server = _lab.Outside.Serve(80);
        using TcpListener server6 = _lab.Outside.Serve(80, "::");

        Assert.Equal("192.0.2.1", _a.Connect("192.0.2.2", 80));
        Assert.Equal("192.0.2.1", _c.Connect("192.0.2.2", 80));
        Assert.Equal("2001:db8::1", _a.Connect("2001:db8::2", 80));
        Assert.False(_inner.Reaches("192.0.2.2", 80));
    }

    [Fact]
    public void Neighbours_SeeEachOtherWithTheirOwnAddresses()
    {
        using TcpListener server = _b.Serve(80);
        using TcpListener server6 = _b.Serve(80, "::");
        using UdpClient datagrams = _b.ServeDatagrams(53);

        Assert.Equal("10.1.0.2", _a.Connect("10.1.0.3", 80));
        Assert.Equal("10.1.0.2", _a.Ask("10.1.0.3", 53));
        Assert.Equal("fd01::2", _a.Connect("fd01::3", 80));
    }

    [Fact]
    public void OtherBridges_AndTheOutside_DoNotComeIn()
    {
        using TcpListener server = _a.Serve(80);
        _lab.Outside.Route(batch => batch.AddRoute(new Route { Destination = IPAddress.Parse("10.0.0.0"), PrefixLength = 8, Gateway = IPAddress.Parse("192.0.2.1") }));

        Assert.False(_c.Reaches("10.1.0.2", 80));
        Assert.False(_inner.Reaches("10.1.0.2", 80));
        Assert.False(_lab.Outside.Reaches("10.1.0.2", 80));
        Assert.Equal("10.1.0.1", _lab.Host.Connect("10.1.0.2", 80));
    }

    [Fact]
    public void PublishedPort_IsReachedFromEverywhereButTheLoopback()
    {
        using TcpListener server = _a.Serve(80);
        using TcpListener server6 = _a.Serve(80, "::");
        using UdpClient datagrams = _a.ServeDatagrams(53);
        _firewall.Admit(_endpointA with
        {
            Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80), Port("::", 8080, "fd01::2", 80), Port("192.0.2.1", 5353, "10.1.0.2", 53, TransportProtocol.Udp)],
        });

        Assert.Equal("192.0.2.2", _lab.Outside.Connect("192.0.2.1", 8080));
        Assert.Equal("2001:db8::2", _lab.Outside.Connect("2001:db8::1", 8080));
        Assert.Equal("192.0.2.2", _lab.Outside.Ask("192.0.2.1", 5353));
        Assert.Equal("192.0.2.1", _lab.Host.Connect("192.0.2.1", 8080));
        Assert.Equal("10.1.0.1", _lab.Host.Connect("10.1.0.1", 8080));
        Assert.Equal("10.2.0.2", _c.Connect("192.0.2.1", 8080));
        Assert.False(_inner.Reaches("10.3.0.1", 8080));

        // Where bridges call the tables of IP (br_netfilter), the answer comes back without the host's address in between.
        Assert.Matches("^10[.]1[.]0[.][13]$", _b.Connect("192.0.2.1", 8080));
    }

    [Fact]
    public void PublishedPort_FromTheContainerItself_IsLeftToTheHost()
    {
        using TcpListener publisher = _lab.Host.Serve(8080);
        using TcpListener publisher6 = _lab.Host.Serve(8080, "::");
        _firewall.Admit(_endpointA with { Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80), Port("::", 8080, "fd01::2", 80)] });

        Assert.Equal("10.1.0.2", _a.Connect("192.0.2.1", 8080));
        Assert.Equal("fd01::2", _a.Connect("2001:db8::1", 8080));
    }

    [Fact]
    public void Dismiss_TakesPortsBack()
    {
        using TcpListener server = _a.Serve(80);
        FirewallEndpoint published = _endpointA with { Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80)] };
        _firewall.Admit(published);
        Assert.Equal("192.0.2.2", _lab.Outside.Connect("192.0.2.1", 8080));

        _firewall.Dismiss(published);
        _firewall.Dismiss(published);

        string ruleset = _lab.Host.Tool("nft", "list ruleset");
        Assert.DoesNotContain("8080", ruleset);
        Assert.Contains("02:42:0a:01:00:02", ruleset);
    }

    [Fact]
    public void Dismiss_TakesAnUnusualHardwareAddressBack()
    {
        Assert.True(MacAddress.TryParse("02:00:00:00:00:99", out MacAddress mac));
        _firewall.Admit(_endpointA with { Mac = mac });
        Assert.Contains("02:00:00:00:00:99", _lab.Host.Tool("nft", "list ruleset"));

        _firewall.Dismiss(_endpointA with { Mac = mac });

        Assert.DoesNotContain("02:00:00:00:00:99", _lab.Host.Tool("nft", "list ruleset"));
    }

    [Fact]
    public void Dismiss_LeavesAPortThatLeadsToAnother()
    {
        FirewallEndpoint gone = _endpointA with { Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80)] };
        _firewall.Admit(gone);

        // Its socket was free: who published it was killed.
        _firewall.Admit(Endpoint("10.1.0.3") with { Ports = [Port("0.0.0.0", 8080, "10.1.0.3", 80)] });
        _firewall.Dismiss(gone);

        Assert.Contains("tcp . 8080 : 10.1.0.3 . 80", _lab.Host.Tool("nft", "list ruleset"));
    }

    [Fact]
    public void Container_WithItsNeighboursAddress_IsNotHeard()
    {
        using TcpListener server = _lab.Host.Serve(80);
        using UdpClient datagrams = _b.ServeDatagrams(53);
        Assert.Equal("10.1.0.3", _b.Connect("10.1.0.1", 80));

        // B is off: its address, and its hardware address, seem to be free.
        _b.Route(batch => batch.SetLink("eth0", new LinkChange { Up = false }));
        _a.SetAddress("eth0", "10.1.0.3", 32);

        Assert.False(_a.Reaches("10.1.0.1", 80, from: "10.1.0.3"));
        Assert.Equal("10.1.0.2", _a.Connect("10.1.0.1", 80));

        _a.Route(batch => batch.SetLink("eth0", new LinkChange { Address = MacAddress.OfIPv4(IPAddress.Parse("10.1.0.3")) }));
        Assert.False(_a.Reaches("10.1.0.1", 80));
    }

    [Fact]
    public void Container_ThatClaimsItsNeighboursAddressInArp_IsNotBelieved()
    {
        using UdpClient datagrams = _b.ServeDatagrams(53);

        // Gratuitous ARP for 10.1.0.3 from A, again and again.
        _a.SetAddress("eth0", "10.1.0.3", 32);
        _a.Tool("python3", "-", """
            import socket
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.bind(("eth0", 0x0806))
            mac = bytes.fromhex("02420a010002")
            for operation in (1, 2):
                for _ in range(20):
                    s.send(b"\xff" * 6 + mac + b"\x08\x06" + b"\0\1\x08\0\6\4\0" + bytes([operation]) + mac + bytes([10, 1, 0, 3]) + b"\0" * 6 + bytes([10, 1, 0, 3]))
            """);

        Assert.DoesNotContain("02:42:0a:01:00:02", _lab.Host.Tool("ip", "neigh show 10.1.0.3"));
        Assert.Equal("10.1.0.1", _lab.Host.Ask("10.1.0.3", 53));
    }

    [Fact]
    public void FlushedRuleset_IsMadeAgainWithAllThatShouldBeInIt()
    {
        using TcpListener server = _lab.Outside.Serve(80);
        using TcpListener published = _a.Serve(80);
        FirewallEndpoint endpoint = _endpointA with { Ports = [Port("0.0.0.0", 8080, "10.1.0.2", 80)] };
        _firewall.Admit(endpoint);
        _content = new FirewallContent([s_first, s_second, s_internal], [endpoint, Endpoint("10.1.0.3"), Endpoint("10.3.0.2")]);
        string before = _lab.Host.Tool("nft", "list table inet test");

        _lab.Host.Tool("nft", "flush ruleset");
        _firewall.Admit(Endpoint("10.2.0.2"));

        Assert.Equal(before, _lab.Host.Tool("nft", "list table inet test"));
        Assert.Equal("192.0.2.2", _lab.Outside.Connect("192.0.2.1", 8080));
        Assert.Equal("192.0.2.1", _c.Connect("192.0.2.2", 80));
    }

    [Fact]
    public void OtherTables_AreNotTouched()
    {
        const string foreign = "table ip foreign {\n\tchain keep {\n\t\tip daddr 192.0.2.9 drop\n\t}\n}\n";
        _lab.Host.Tool("nft", "-f -", foreign);

        _firewall.Remove();

        Assert.Equal(foreign, _lab.Host.Tool("nft", "list ruleset"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _firewall?.Dispose();
        _lab.Dispose();
    }

    private static FirewallEndpoint Endpoint(string address, string? address6 = null) => new(
        MacAddress.OfIPv4(IPAddress.Parse(address)), IPAddress.Parse(address), address6 is null ? default(InternetAddress?) : IPAddress.Parse(address6));

    private static PublishedPort Port(
        string host, ushort hostPort, string container, ushort port, TransportProtocol protocol = TransportProtocol.Tcp) =>
        new(protocol, IPAddress.Parse(host), hostPort, IPAddress.Parse(container), port);
}
