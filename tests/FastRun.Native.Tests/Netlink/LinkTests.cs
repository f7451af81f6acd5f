using System;
using System.Linq;
using System.Text.Json;
using FastRun.Native.Filesystem;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

/// <summary>Interfaces that are made here are what iproute2 says they are.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly TestNetwork _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void AddBridge_WithOptions_HasThem()
    {
        _host.Do(batch => batch.AddBridge(
            new NewLink("fastrun0") { Address = new MacAddress(0x0242_0102_0304), Mtu = 1400, Up = true },
            new BridgeOptions
            {
                SpanningTree = false,
                ForwardDelay = TimeSpan.FromSeconds(2),
                AgeingTime = TimeSpan.FromSeconds(100),
                MulticastSnooping = false,
                MulticastQuerier = false,
            }));

        JsonElement link = _host.One("link show fastrun0");
        Assert.Equal("02:42:01:02:03:04", Text(link, "address"));
        Assert.Equal(1400, Number(link, "mtu"));
        Assert.Contains("UP", link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
        JsonElement information = link.GetProperty("linkinfo");
        Assert.Equal("bridge", Text(information, "info_kind"));
        JsonElement data = information.GetProperty("info_data");
        Assert.Equal(
            (200, 10000, 0, 0, 0),
            (Number(data, "forward_delay"), Number(data, "ageing_time"), Number(data, "stp_state"),
             Number(data, "mcast_snooping"), Number(data, "mcast_querier")));
    }

    [Fact]
    public void SetBridge_OneOption_LeavesTheOthers()
    {
        _host.Do(batch => batch.AddBridge(new NewLink("br0"), new BridgeOptions { MulticastSnooping = false }));

        _host.Do(batch => batch.SetBridge("br0", new BridgeOptions { AgeingTime = TimeSpan.FromSeconds(7) }));

        JsonElement data = _host.One("link show br0").GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal((700, 0), (Number(data, "ageing_time"), Number(data, "mcast_snooping")));
    }

    [Fact]
    public void AddVeth_IntoABridgeAndANamespace_IsOneRequest()
    {
        int bridge = _host.Bridge();
        using TestNetwork container = new();

        _host.Do(batch => batch.AddVeth(
            new NewLink("fr0123456789") { Master = bridge, Up = true, Mtu = 1400 },
            new NewLink("eth0")
            {
                NetworkNamespace = container.Namespace,
                Address = new MacAddress(0x0242_0AD2_0002),
                Mtu = 1400,
                Queues = 1,
            }));
        container.Do(batch => batch.SetLink("eth0", new LinkChange { Up = true }));

        JsonElement outside = _host.One("link show fr0123456789");
        Assert.Equal(("br0", 1400, "UP"), (Text(outside, "master"), Number(outside, "mtu"), Text(outside, "operstate")));
        Assert.Equal("veth", Text(outside.GetProperty("linkinfo"), "info_kind"));
        Assert.Equal("bridge", Text(outside.GetProperty("linkinfo"), "info_slave_kind"));
        JsonElement inside = container.One("link show eth0");
        Assert.Equal(("02:42:0a:d2:00:02", 1400, "UP"), (Text(inside, "address"), Number(inside, "mtu"), Text(inside, "operstate")));
        Assert.Equal((1, 1), (Number(inside, "num_tx_queues"), Number(inside, "num_rx_queues")));
    }

    [Fact]
    public void AddVeth_NamespaceGoes_BothEndsGo()
    {
        TestNetwork container = new();
        _host.Do(batch => batch.AddVeth(new NewLink("outside"), new NewLink("inside") { NetworkNamespace = container.Namespace }));
        Assert.NotEqual(0, _host.Index("outside"));

        container.Dispose();

        // The kernel takes a namespace apart in its own time.
        long deadline = Environment.TickCount64 + 60_000;
        while (_host.Index("outside") != 0)
        {
            Assert.True(Environment.TickCount64 < deadline, "the veth is still there");
            System.Threading.Thread.Yield();
        }
    }

    [Fact]
    public void AddVeth_PeerThatIsUpOrAPort_IsRefusedBeforeItIsSent()
    {
        Assert.Throws<ArgumentException>(() => _host.Batch.AddVeth(new NewLink("a"), new NewLink("b") { Up = true }));
        Assert.Throws<ArgumentException>(() => _host.Batch.AddVeth(new NewLink("a"), new NewLink("b") { Master = 2 }));
        Assert.True(_host.Batch.IsEmpty);
    }

    [Fact]
    public void AddVeth_PeerThatCannotBe_MakesNeither()
    {
        using TestNetwork container = new();
        container.Bridge("taken");

        SyscallException failure = _host.Fails(batch => batch.AddVeth(
            new NewLink("outside"), new NewLink("taken") { NetworkNamespace = container.Namespace }));

        Assert.Equal(("RTM_NEWLINK", Errno.EEXIST, "outside"), (failure.Syscall, failure.Errno, failure.Subject));
        Assert.Equal(0, _host.Index("outside"));
    }

    [Fact]
    public void SetLink_ManyThings_AreChanged()
    {
        int bridge = _host.Bridge();
        _host.Do(batch => batch.AddVeth(new NewLink("a"), new NewLink("b")));
        int index = _host.Index("a");

        _host.Do(batch => batch.SetLink(index, new LinkChange
        {
            Name = "renamed",
            Mtu = 1300,
            Address = new MacAddress(0x0242_0000_0009),
            Master = bridge,
            Alias = "for a test",
            LinkLocalAddress = false,
            Up = true,
        }));

        Assert.Empty(_host.One("addr show renamed").GetProperty("addr_info").EnumerateArray());
        JsonElement link = _host.One("link show renamed");
        Assert.Equal(
            (index, 1300, "02:42:00:00:00:09", "br0", "for a test", "none"),
            (Number(link, "ifindex"), Number(link, "mtu"), Text(link, "address"), Text(link, "master"), Text(link, "ifalias"), Text(link, "inet6_addr_gen_mode")));

        _host.Do(batch => batch.SetLink("renamed", new LinkChange { Master = 0, Up = false }));
        JsonElement after = _host.One("link show renamed");
        Assert.False(after.TryGetProperty("master", out _));
        Assert.DoesNotContain("UP", after.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
    }

    [Fact]
    public void SetLink_RenameByName_IsRefusedBeforeItIsSent()
    {
        Assert.Throws<ArgumentException>(() => _host.Batch.SetLink("a", new LinkChange { Name = "b" }));
        Assert.True(_host.Batch.IsEmpty);
    }

    [Fact]
    public void SetLink_ToANamespace_IsThereAndNotHere()
    {
        using TestNetwork other = new();
        _host.Do(batch => batch.AddVeth(new NewLink("a"), new NewLink("b")));

        _host.Do(batch => batch.SetLink("b", new LinkChange { NetworkNamespace = other.Namespace }));

        Assert.Equal(0, _host.Index("b"));
        Assert.Equal("b", Text(other.One("link show b"), "ifname"));
    }

    [Fact]
    public void SetBridgePort_EveryAttribute_IsSet()
    {
        int bridge = _host.Bridge();
        _host.Do(batch =>
        {
            batch.AddVeth(new NewLink("port") { Master = bridge }, new NewLink("b"));
            batch.SetBridgePort("port", new BridgePortOptions
            {
                Isolated = true,
                Hairpin = true,
                Learning = false,
                UnicastFlood = false,
                MulticastFlood = false,
                BroadcastFlood = false,
                NeighbourSuppression = true,
                BpduGuard = true,
                RootBlock = true,
                Locked = true,
            });
        });

        JsonElement data = _host.One("link show port").GetProperty("linkinfo").GetProperty("info_slave_data");
        Assert.Equal(
            (true, true, false, false, false, false, true, true, true, true),
            (Flag(data, "isolated"), Flag(data, "hairpin"), Flag(data, "learning"), Flag(data, "flood"), Flag(data, "mcast_flood"),
             Flag(data, "bcast_flood"), Flag(data, "neigh_suppress"), Flag(data, "guard"), Flag(data, "root_block"), Flag(data, "locked")));

        _host.Do(batch => batch.SetBridgePort("port", new BridgePortOptions { Isolated = false }));
        data = _host.One("link show port").GetProperty("linkinfo").GetProperty("info_slave_data");
        Assert.Equal((false, true), (Flag(data, "isolated"), Flag(data, "hairpin")));
    }

    [Fact]
    public void WaitUntilOperational_OfAPort_FirstPacketPasses()
    {
        int bridge = _host.Bridge();
        _host.Do(batch => batch.AddAddress(bridge, InternetAddress.IPv4(0x0A000001), 24));
        int late = 0;
        for (int i = 0; i < 20; i++)
        {
            using TestNetwork container = new();
            _host.Do(batch => batch.AddVeth(
                new NewLink("port") { Master = bridge, Up = true }, new NewLink("eth0") { NetworkNamespace = container.Namespace }));
            Assert.False(_host.Batch.WaitUntilOperational(_host.Socket, "port", 0));
            int inside = container.Index("eth0");
            container.Do(batch =>
            {
                batch.SetLink(inside, new LinkChange { Up = true });
                batch.AddAddress(inside, InternetAddress.IPv4(0x0A000002), 24);
            });

            Assert.True(_host.Batch.WaitUntilOperational(_host.Socket, "port", 60_000));

            using System.Net.Sockets.Socket from = Udp(container), to = Udp(_host);
            to.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 0));
            to.ReceiveTimeout = 60_000;
            System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
            _ = from.SendTo(new byte[1], new System.Net.IPEndPoint(System.Net.IPAddress.Parse("10.0.0.1"), ((System.Net.IPEndPoint)to.LocalEndPoint!).Port));
            Assert.Equal(1, to.Receive(new byte[10]));
            late += clock.Elapsed > TimeSpan.FromSeconds(0.9) ? 1 : 0;
            _host.Do(batch => batch.DeleteLink("port"));
        }

        // ARP asks again after a second. Without the wait half of them are late; with it none, unless the machine stands still.
        Assert.InRange(late, 0, 3);
        Assert.False(_host.Batch.WaitUntilOperational(_host.Socket, "nosuch", 0));
    }

    [Fact]
    public void AddMacvlan_OnAParent_IsInTheOtherNamespace()
    {
        int parent = _host.Bridge();
        using TestNetwork container = new();

        _host.Do(batch => batch.AddMacvlan(
            new NewLink("eth0") { NetworkNamespace = container.Namespace, Address = new MacAddress(0x0242_0A00_0001), Up = true },
            parent,
            MacvlanMode.Bridge));

        JsonElement link = container.One("link show eth0");
        Assert.Equal(("macvlan", "02:42:0a:00:00:01"), (Text(link.GetProperty("linkinfo"), "info_kind"), Text(link, "address")));
        Assert.Equal("bridge", Text(link.GetProperty("linkinfo").GetProperty("info_data"), "mode"));
        Assert.Equal(parent, RouteQuery.TryFindLink(container.Socket, "eth0")!.Parent);
    }

    [Fact]
    public void AddIpvlan_WhereTheKernelHasIt_HasItsMode()
    {
        int parent = _host.Bridge();
        using TestNetwork container = new();
        _host.Batch.AddIpvlan(
            new NewLink("eth0") { NetworkNamespace = container.Namespace }, parent, IpvlanMode.L3, IpvlanIsolation.Private);
        if (!_host.Batch.TrySend(_host.Socket, out SyscallException? failure))
        {
            Assert.Equal((Errno.EOPNOTSUPP, "eth0"), (failure.Errno, failure.Subject));
            Assert.Skip("this kernel has no ipvlan");
        }

        JsonElement data = container.One("link show eth0").GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal(("l3", "private"), (Text(data, "mode"), Text(data, "mode_flag")));
    }

    [Fact]
    public void AddVlan_WhereTheKernelHasIt_HasItsNumber()
    {
        int parent = _host.Bridge();
        _host.Batch.AddVlan(new NewLink("br0.10"), parent, 10);
        if (!_host.Batch.TrySend(_host.Socket, out SyscallException? failure))
        {
            Assert.Equal((Errno.EOPNOTSUPP, "br0.10"), (failure.Errno, failure.Subject));
            Assert.Skip("this kernel has no 802.1q");
        }

        Assert.Equal(10, Number(_host.One("link show br0.10").GetProperty("linkinfo").GetProperty("info_data"), "id"));
    }

    [Fact]
    public void DeleteLink_ByNameOrIndex_IsGone()
    {
        int first = _host.Bridge("first");
        _host.Bridge("second");

        _host.Do(batch =>
        {
            batch.DeleteLink(first);
            batch.DeleteLink("second");
        });

        Assert.Equal((0, 0), (_host.Index("first"), _host.Index("second")));
        SyscallException failure = _host.Fails(batch => batch.DeleteLink("second"));
        Assert.Equal(("RTM_DELLINK", Errno.ENODEV, "second"), (failure.Syscall, failure.Errno, failure.Subject));
    }

    [Theory]
    [InlineData("", Errno.EINVAL)]
    [InlineData("a/b", Errno.EINVAL)]
    [InlineData("sixteen-letters-", Errno.ERANGE)]
    [InlineData("lo", Errno.EEXIST)]
    public void AddBridge_NameThatCannotBe_IsTheKernelsErrno(string name, Errno errno) =>
        Assert.Equal(errno, _host.Fails(batch => batch.AddBridge(new NewLink(name))).Errno);

    [Fact]
    public void AddVeth_InANamespaceWhoseDescriptorIsNone_Fails()
    {
        using Fd file = FileAt.Open(null, "/dev/null", OpenFlags.Read);
        Assert.Equal(Errno.EINVAL, _host.Fails(batch => batch.AddVeth(new NewLink("a"), new NewLink("b") { NetworkNamespace = file })).Errno);
    }

    [Fact]
    public void Links_OfANamespace_AreWhatIpLists()
    {
        int bridge = _host.Bridge();
        using TestNetwork container = new();
        _host.Do(batch =>
        {
            batch.AddVeth(
                new NewLink("port") { Master = bridge, Up = true },
                new NewLink("eth0") { NetworkNamespace = container.Namespace, Address = new MacAddress(0x0242_0000_0001) });
            batch.SetLink("port", new LinkChange { Alias = "words" });
        });

        LinkInfo[] links = [.. RouteQuery.Links(_host.Socket)];
        JsonElement[] listed = [.. _host.Ip("link show").EnumerateArray()];

        Assert.Equal(
            listed.Select(link => (Number(link, "ifindex"), Text(link, "ifname"), Number(link, "mtu"), Text(link, "address"))),
            links.Select(link => (link.Index, (string?)link.Name, link.Mtu, (string?)(link.Address?.ToString() ?? "00:00:00:00:00:00"))));
        LinkInfo port = links.Single(link => link.Name == "port");
        LinkInfo inside = RouteQuery.TryFindLink(container.Socket, "eth0")!;
        Assert.Equal(
            ("veth", true, false, bridge, inside.Index, "words"),
            (port.Kind, port.IsUp, port.HasCarrier, port.Master, port.Parent, port.Alias));
        Assert.NotNull(port.ParentNamespace);
        Assert.Equal(port, RouteQuery.TryFindLink(_host.Socket, port.Index)! with { Statistics = port.Statistics });
        Assert.Null(RouteQuery.TryFindLink(_host.Socket, "nosuch"));
        Assert.Null(RouteQuery.TryFindLink(_host.Socket, 4711));
    }

    [Fact]
    public void Statistics_AfterPackets_CountThem()
    {
        using TestNetwork container = new();
        _host.Do(batch => batch.AddVeth(
            new NewLink("outside") { Up = true }, new NewLink("eth0") { NetworkNamespace = container.Namespace }));
        int outside = _host.Index("outside");
        _host.Do(batch => batch.AddAddress(outside, InternetAddress.IPv4(0x0A000001), 24));
        int inside = container.Index("eth0");
        container.Do(batch =>
        {
            batch.SetLink(inside, new LinkChange { Up = true });
            batch.AddAddress(inside, InternetAddress.IPv4(0x0A000002), 24);
        });
        LinkStatistics before = RouteQuery.TryFindLink(container.Socket, "eth0")!.Statistics;

        System.Net.Sockets.Socket socket;
        using (NetworkNamespace.Enter(container.Namespace))
        {
            socket = new(System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        }

        // The first ones may go nowhere: a link comes up in the kernel's own time.
        LinkStatistics after = before;
        long deadline = Environment.TickCount64 + 60_000;
        for (int sent = 0; after.SentPackets < before.SentPackets + 10; sent++)
        {
            Assert.True(Environment.TickCount64 < deadline, $"{after.SentPackets} of {sent} packets");
            _ = socket.SendTo(new byte[1000], new System.Net.IPEndPoint(System.Net.IPAddress.Parse("10.0.0.1"), 9));
            after = RouteQuery.TryFindLink(container.Socket, "eth0")!.Statistics;
        }

        // Seven or so of them are ARP's and IPv6's, which are short.
        Assert.True(after.SentBytes >= before.SentBytes + (10 * 42), $"{after.SentBytes} bytes");
        socket.Dispose();
        LinkStatistics other = RouteQuery.Links(_host.Socket).Single(link => link.Index == outside).Statistics;
        Assert.True(other.ReceivedBytes >= after.SentBytes - before.SentBytes, $"{other.ReceivedBytes} bytes");
        Assert.True(RouteQuery.Traffic(container.Socket, "eth").SentBytes >= after.SentBytes);
        Assert.Equal(default, RouteQuery.Traffic(container.Socket, "nosuch"));
        LinkInfo each = Assert.Single(RouteQuery.TrafficOfEach(container.Socket, "eth", most: 4));
        Assert.True(each.Name == "eth0" && each.Statistics.SentBytes >= after.SentBytes);
        Assert.Empty(RouteQuery.TrafficOfEach(container.Socket, "eth", most: 0));
        JsonElement counters = container.One("-s link show eth0").GetProperty("stats64");
        Assert.True(Number(counters.GetProperty("tx"), "bytes") >= (int)after.SentBytes);
    }

    private static System.Net.Sockets.Socket Udp(TestNetwork network)
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(network.Namespace);
        return new(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static bool Flag(JsonElement element, string name) => element.GetProperty(name).GetBoolean();
}
