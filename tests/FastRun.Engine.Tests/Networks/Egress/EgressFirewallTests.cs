using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Ports;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Tests.Networks.Egress;

/// <summary>A confined container on a network of its own kind, and one on a bridge with strangers, with real traffic.</summary>
public sealed class EgressFirewallTests : IDisposable
{
    private const string Table = "test";
    private const string Outside = "192.0.2.2";
    private const string Outside6 = "2001:db8::2";

    private readonly NetworkLab _lab = new();
    private readonly LabHost _a;
    private readonly LabHost _b;
    private readonly LabHost _stranger;
    private readonly NetworkFirewall _firewall;
    private readonly EgressFirewall _egress;
    private readonly FirewallContent _content;
    private ConfinedEndpoint? _confined;

    /// <summary>A and B in one network, a stranger in another.</summary>
    public EgressFirewallTests()
    {
        _lab.AddBridge("br1", "10.1.0.1", "fd01::1");
        _lab.AddBridge("br2", "10.2.0.1");
        _a = _lab.AddContainer("br1", "fr-a", "10.1.0.2", "10.1.0.1", "fd01::2", "fd01::1");
        _b = _lab.AddContainer("br1", "fr-b", "10.1.0.3", "10.1.0.1", "fd01::3", "fd01::1");
        _stranger = _lab.AddContainer("br2", "fr-c", "10.2.0.2", "10.2.0.1");
        _content = new FirewallContent([new("br1", IsInternal: false, Masquerades: true), new("br2", IsInternal: false, Masquerades: true)], []);
        _firewall = _lab.Host.Run(() => NetworkFirewall.Open(Table, () => _content with { Confined = _confined is null ? [] : [_confined] }));
        _egress = _lab.Host.Run(() => EgressFirewall.Open(Table));
        foreach (FirewallNetwork network in _content.Networks)
        {
            _firewall.AddNetwork(network);
        }

        _firewall.Admit(Endpoint("10.1.0.2", "fd01::2"));
        _firewall.Admit(Endpoint("10.1.0.3", "fd01::3"));
        _firewall.Admit(Endpoint("10.2.0.2"));
    }

    public void Dispose()
    {
        _firewall.Dispose();
        _egress.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public void Nothing_IsRefusedAtOnce_AndCounted()
    {
        using TcpListener server = _lab.Outside.Serve(80);
        using TcpListener server6 = _lab.Outside.Serve(80, "::");
        using TcpListener host = _lab.Host.Serve(22);
        Assert.Equal("192.0.2.1", _a.Connect(Outside, 80));
        Confine();

        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside, 80));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside6, 80));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, "10.1.0.1", 22));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, "10.2.0.2", 80));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, "169.254.169.254", 80));
        Assert.Equal(SocketError.HostUnreachable, Datagram(_a, Outside, 53));
        Assert.Equal(SocketError.HostUnreachable, Datagram(_a, Outside, 53));
        using Socket echo = _a.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
        echo.SendTo([8, 0, 0xF7, 0xFF, 0, 0, 0, 0], new IPEndPoint(IPAddress.Parse(Outside), 0));
        Assert.Equal(
            ["10.1.0.1:22/tcp 1", "10.2.0.2:80/tcp 1", "169.254.169.254:80/tcp 1", "192.0.2.2:0/icmp 1", "192.0.2.2:80/tcp 1", "192.0.2.2:53/udp 2", "2001:db8::2:80/tcp 1"],
            Refused());

        // Who has no policy is not in the way of any of this.
        Assert.Equal("192.0.2.1", _b.Connect(Outside, 80));
    }

    [Fact]
    public void Block_OpensItself_WithItsPortAndProtocol()
    {
        using TcpListener first = _lab.Outside.Serve(80);
        using TcpListener second = _lab.Outside.Serve(81);
        using TcpListener second6 = _lab.Outside.Serve(81, "::");
        using UdpClient datagrams = _lab.Outside.ServeDatagrams(80);
        Confine("192.0.2.0/24:80/tcp", "[2001:db8::]/32:80-81", "10.2.0.0/16");

        Assert.Equal("192.0.2.1", _a.Connect(Outside, 80));
        Assert.Equal("2001:db8::1", _a.Connect(Outside6, 81));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside, 81));
        Assert.Equal(SocketError.HostUnreachable, Datagram(_a, Outside, 80));
        Assert.Equal(["192.0.2.2:81/tcp 1", "192.0.2.2:80/udp 1"], Refused());
    }

    [Fact]
    public void Everything_StillLeavesOutTheHostAndLinks()
    {
        using TcpListener outside = _lab.Outside.Serve(80);
        using TcpListener host = _lab.Host.Serve(22);
        Confine("0.0.0.0/0");
        Assert.Equal("192.0.2.1", _a.Connect(Outside, 80));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, "10.1.0.1", 22));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, "192.0.2.1", 22));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, "169.254.169.254", 80));
        Assert.Equal(["10.1.0.1:22/tcp 1", "169.254.169.254:80/tcp 1", "192.0.2.1:22/tcp 1"], Refused());
    }

    [Fact]
    public void OneAddress_OpensTheHost()
    {
        using TcpListener host = _lab.Host.Serve(22);
        Confine("10.1.0.1:22/tcp");
        Assert.Equal("10.1.0.2", _a.Connect("10.1.0.1", 22));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, "192.0.2.1", 22));
    }

    [Fact]
    public void PublishedPort_IsReached_ThoughTheContainerMayNotSend()
    {
        using TcpListener server = _a.Serve(80);
        PublishedPort port = new(TransportProtocol.Tcp, InternetAddress.IPv4(0), 8080, IPAddress.Parse("10.1.0.2"), 80);
        _firewall.Admit(Endpoint("10.1.0.2", "fd01::2") with { Ports = [port] });
        Confine();

        // The other end is confined, too: two policies meet in one connection.
        _egress.Confine(Of("10.2.0.2", null, "br2", 7, "192.0.2.1:8080/tcp"));
        Assert.Equal("192.0.2.2", _lab.Outside.Connect("192.0.2.1", 8080));
        Assert.Equal("10.2.0.2", _stranger.Connect("192.0.2.1", 8080));
        Assert.Equal("10.1.0.1", _lab.Host.Connect("10.1.0.2", 80));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside, 80));
        Assert.Equal(["192.0.2.2:80/tcp 1"], Refused());
    }

    [Fact]
    public void Neighbours_AreReached_OnlyWhereTheyAreNoStrangers()
    {
        using TcpListener server = _b.Serve(80);
        using TcpListener own = _a.Serve(80);
        using UdpClient datagrams = _b.ServeDatagrams(53);
        Confine();
        Assert.Equal("10.1.0.2", _a.Connect("10.1.0.3", 80));
        Assert.Equal("10.1.0.2", _a.Ask("10.1.0.3", 53));
        Assert.Equal("10.1.0.3", _b.Connect("10.1.0.2", 80));

        _egress.Dismiss(_confined!);
        _egress.Confine(_confined! with { Neighbourhood = [] });
        _a.Tool("ip", "neigh flush dev eth0");
        _b.Tool("ip", "neigh flush dev eth0");
        Assert.False(_a.Reaches("10.1.0.3", 80));
        Assert.False(_b.Reaches("10.1.0.2", 80));
    }

    [Fact]
    public void Connection_OfAnEarlierContainerAtTheAddress_IsNoWayOut()
    {
        using TcpListener server = _lab.Outside.Run(() =>
        {
            TcpListener made = new(IPAddress.Any, 80);
            made.Start();
            return made;
        });
        using Socket socket = _a.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Connect(IPAddress.Parse(Outside), 80);
        using TcpClient peer = server.AcceptTcpClient();
        Confine();

        // Connection tracking knows it as established, and for days.
        socket.Send("secret"u8);
        Assert.Throws<SocketException>(() => socket.Receive(new byte[1]));
        Assert.Equal(["192.0.2.2:80/tcp"], [Refused()[0].Split(' ')[0]]);
        Assert.Equal(0, peer.Available);
    }

    [Fact]
    public void Name_OpensAnAddress_ForATime()
    {
        using TcpListener server = _lab.Outside.Serve(80);
        using TcpListener other = _lab.Outside.Serve(81);
        Confine("example.org:80/tcp", "*.example.net");
        EgressRule[] rules = [EgressRule.Parse("example.org:80/tcp")];
        Assert.True(_egress.TryOpen("10.1.0.2", IPAddress.Parse(Outside), rules, TimeSpan.FromHours(1), isRenewed: true));
        Assert.True(_egress.TryOpen("10.1.0.2", IPAddress.Parse(Outside), rules, TimeSpan.FromMinutes(1), isRenewed: true));
        Assert.Equal("192.0.2.1", _a.Connect(Outside, 80));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside, 81));
        Assert.Contains("timeout 1m expires", _lab.Host.Tool("nft", "list set inet test-egress ports4-10.1.0.2"), StringComparison.Ordinal);

        Assert.True(_egress.TryOpen("10.1.0.2", IPAddress.Parse(Outside), [EgressRule.Parse("*.example.net")], TimeSpan.FromMilliseconds(50), isRenewed: false));
        Assert.True(SpinUntil(() => Try(_a, Outside, 81) == SocketError.ConnectionRefused));
        Assert.False(_egress.TryOpen("10.9.9.9", IPAddress.Parse(Outside), rules, TimeSpan.FromHours(1), isRenewed: true));
    }

    [Fact]
    public void Names_BeyondTheMost_AreNotOpened()
    {
        Confine("example.org");
        EgressRule[] rules = [EgressRule.Parse("example.org")];
        int opened = 0;
        for (int i = 0; i < EgressRuleset.MostLearned + 10; i++)
        {
            opened += _egress.TryOpen("10.1.0.2", new IPAddress([198, 51, (byte)(i >> 8), (byte)i]), rules, TimeSpan.FromHours(1), isRenewed: false) ? 1 : 0;
        }

        Assert.Equal(EgressRuleset.MostLearned, opened);
    }

    [Fact]
    public void Refusals_BeyondTheMost_AreRefusedAllTheSame()
    {
        Confine();
        using Socket socket = _a.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        for (int port = 1; port <= EgressRuleset.MostRefusals + 50; port++)
        {
            // The refusal of one before may be told now.
            try
            {
                socket.SendTo("?"u8, new IPEndPoint(IPAddress.Parse(Outside), port));
            }
            catch (SocketException)
            {
                socket.SendTo("?"u8, new IPEndPoint(IPAddress.Parse(Outside), port));
            }
        }

        Assert.Equal(EgressRuleset.MostRefusals, _egress.Refusals("10.1.0.2").Count);
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside, 80));
    }

    [Fact]
    public void Confine_Again_HasOnlyTheLastPolicy_AndDismissLeavesNothing()
    {
        using TcpListener server = _lab.Outside.Serve(80);
        Confine("192.0.2.2");
        Assert.Equal("192.0.2.1", _a.Connect(Outside, 80));
        Confine();
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside, 80));
        _egress.Dismiss(_confined!);
        _egress.Dismiss(_confined!);
        Assert.Equal("192.0.2.1", _a.Connect(Outside, 80));
        Assert.DoesNotContain("10.1.0.2", _lab.Host.Tool("nft", "list table inet test-egress"), StringComparison.Ordinal);
    }

    [Fact]
    public void RulesThatSomebodyFlushed_ComeBack_BeforeThoseByWhichPacketsLeave()
    {
        using TcpListener server = _lab.Outside.Serve(80);
        Confine();
        _lab.Host.Tool("nft", "flush ruleset");
        _firewall.Admit(Endpoint("10.1.0.3", "fd01::3"));
        Assert.Equal("192.0.2.1", _b.Connect(Outside, 80));
        Assert.Equal(SocketError.ConnectionRefused, Try(_a, Outside, 80));
    }

    [Fact]
    public void Rules_AreWhatNftReads()
    {
        Confine("10.0.0.0/8:443", "[2001:db8::]/32", "198.51.100.7:53/udp");
        string rules = _lab.Host.Tool("nft", "list table inet test-egress");
        Assert.Contains("ip daddr 10.0.0.0-10.255.255.255 tcp dport 443", rules.Replace(">= ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static ConfinedEndpoint Of(string ipv4, string? ipv6, string bridge, ushort mark, params string[] rules) => new()
    {
        Key = ipv4,
        Bridge = bridge,
        Endpoint = Endpoint(ipv4, ipv6),
        Neighbourhood = ipv6 is null ? [Block(ipv4 + "/24")] : [Block(ipv4 + "/24"), Block(ipv6 + "/64")],
        Mark = mark,
        Policy = EgressPolicy.Parse(rules),
    };

    private static Subnet Block(string text) => Subnet.TryParse(text, out Subnet block, out _) ? block : throw new ArgumentException(text);

    private static FirewallEndpoint Endpoint(string ipv4, string? ipv6 = null) => new(
        MacAddress.OfIPv4(IPAddress.Parse(ipv4)), IPAddress.Parse(ipv4), ipv6 is null ? default(InternetAddress?) : InternetAddress.FromIPAddress(IPAddress.Parse(ipv6)));

    private void Confine(params string[] rules)
    {
        _confined = Of("10.1.0.2", "fd01::2", "br1", (ushort)(1 + (_confined?.Mark ?? 0)), rules);
        _egress.Confine(_confined);
    }

    private List<string> Refused()
    {
        List<string> lines = [];
        foreach (RefusedDestination each in EgressNotes.Refusals(_confined!.Policy, _egress.Refusals("10.1.0.2"), []).Destinations)
        {
            lines.Add($"{each.Address}:{each.Port}/{each.ProtocolName} {each.Packets}");
        }

        return lines;
    }

    /// <summary>What connecting comes to; it must come to something at once.</summary>
    private static SocketError Try(LabHost from, string address, int port)
    {
        using Socket socket = from.Run(() => new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        Stopwatch clock = Stopwatch.StartNew();
        try
        {
            socket.Connect(IPAddress.Parse(address), port);
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "it hangs");
            return exception.SocketErrorCode;
        }
    }

    private static SocketError Datagram(LabHost from, string address, int port)
    {
        using Socket socket = from.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(IPAddress.Parse(address), port);
        socket.Send("?"u8);
        socket.ReceiveTimeout = 60_000;
        return Assert.Throws<SocketException>(() => socket.Receive(new byte[1])).SocketErrorCode;
    }

    private static bool SpinUntil(Func<bool> condition) => System.Threading.SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60));
}
