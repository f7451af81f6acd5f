using System;
using System.Linq;
using System.Net;
using System.Text.Json;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

/// <summary>Addresses, routes and neighbours that are made here are what iproute2 says they are.</summary>
public sealed class AddressTests : IDisposable
{
    private readonly TestNetwork _network = new();
    private readonly int _bridge;

    public AddressTests() => _bridge = _network.Bridge();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("10.210.3.1", 24, "10.210.3.255", "global")]
    [InlineData("192.168.0.129", 25, "192.168.0.255", "global")]
    [InlineData("172.16.0.1", 12, "172.31.255.255", "global")]
    [InlineData("10.0.0.0", 31, null, "global")]
    [InlineData("10.0.0.1", 32, null, "global")]
    [InlineData("fd00::1", 64, null, "global")]
    [InlineData("fd00::1", 128, null, "global")]
    public void AddAddress_AnyPrefix_IsListedSo(string address, int prefix, string? broadcast, string scope)
    {
        _network.Do(batch => batch.AddAddress(_bridge, IPAddress.Parse(address), prefix));

        JsonElement added = _network.One("addr show br0").GetProperty("addr_info").EnumerateArray()
            .Single(item => item.GetProperty("local").GetString() == address);
        Assert.Equal((prefix, scope), (added.GetProperty("prefixlen").GetInt32(), added.GetProperty("scope").GetString()));
        Assert.Equal(broadcast, added.TryGetProperty("broadcast", out JsonElement last) ? last.GetString() : null);
        Assert.Equal(address.Contains(':', StringComparison.Ordinal), added.TryGetProperty("nodad", out _));
        Assert.Contains(new AddressInfo(_bridge, IPAddress.Parse(address), prefix), RouteQuery.Addresses(_network.Socket));
    }

    [Fact]
    public void AddAddress_Twice_IsEEXISTAndDeleteTakesItAway()
    {
        InternetAddress address = InternetAddress.IPv4(0x0A000001);
        _network.Do(batch => batch.AddAddress(_bridge, address, 24));

        Assert.Equal(("RTM_NEWADDR", Errno.EEXIST), Failure(batch => batch.AddAddress(_bridge, address, 24)));
        _network.Do(batch => batch.DeleteAddress(_bridge, address, 24));
        Assert.DoesNotContain(RouteQuery.Addresses(_network.Socket), item => item.Address == address);
        Assert.Equal(("RTM_DELADDR", Errno.EADDRNOTAVAIL), Failure(batch => batch.DeleteAddress(_bridge, address, 24)));
    }

    [Fact]
    public void AddAddress_WithoutPrefixRoute_LeavesTheRoutesAlone()
    {
        _network.Do(batch => batch.AddAddress(_bridge, InternetAddress.IPv4(0x0A000001), 24, prefixRoute: false));

        Assert.Empty(_network.Ip("route show").EnumerateArray());
    }

    [Fact]
    public void AddAddress_OfNoInterface_Fails() =>
        Assert.Equal(("RTM_NEWADDR", Errno.ENODEV), Failure(batch => batch.AddAddress(4711, InternetAddress.IPv4(1), 24)));

    [Fact]
    public void Batch_AContainersWholeConfiguration_IsOneSend()
    {
        _network.Do(batch =>
        {
            batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
            batch.AddAddress(_bridge, IPAddress.Parse("10.210.0.2"), 24);
            batch.AddAddress(_bridge, IPAddress.Parse("fd00::2"), 64);
            batch.AddRoute(Route.Default(IPAddress.Parse("10.210.0.1")));
            batch.AddRoute(Route.Default(IPAddress.Parse("fd00::1"), _bridge));
        });

        JsonElement route = _network.One("route show default");
        Assert.Equal(("10.210.0.1", "br0"), (route.GetProperty("gateway").GetString(), route.GetProperty("dev").GetString()));
        JsonElement route6 = _network.One("-6 route show default");
        Assert.Equal(("fd00::1", "br0"), (route6.GetProperty("gateway").GetString(), route6.GetProperty("dev").GetString()));
        Assert.Contains(
            _network.One("addr show lo").GetProperty("addr_info").EnumerateArray(), item => item.GetProperty("local").GetString() == "127.0.0.1");
    }

    [Fact]
    public void AddRoute_WithEverything_IsListedAndDeleted()
    {
        _network.Do(batch => batch.AddAddress(_bridge, IPAddress.Parse("10.0.0.2"), 24));
        Route route = new()
        {
            Destination = IPAddress.Parse("172.20.0.0"),
            PrefixLength = 16,
            Gateway = IPAddress.Parse("10.0.0.1"),
            Link = _bridge,
            Source = IPAddress.Parse("10.0.0.2"),
            Metric = 77,
        };

        _network.Do(batch => batch.AddRoute(route));

        JsonElement listed = _network.One("route show 172.20.0.0/16");
        Assert.Equal(
            ("10.0.0.1", "br0", "10.0.0.2", 77, "boot"),
            (listed.GetProperty("gateway").GetString(), listed.GetProperty("dev").GetString(), listed.GetProperty("prefsrc").GetString(),
             listed.GetProperty("metric").GetInt32(), listed.GetProperty("protocol").GetString()));
        Assert.Contains(
            new RouteInfo(IPAddress.Parse("172.20.0.0"), 16, IPAddress.Parse("10.0.0.1"), _bridge, 77, 254, 1),
            RouteQuery.Routes(_network.Socket));
        Assert.Equal(("RTM_NEWROUTE", Errno.EEXIST), Failure(batch => batch.AddRoute(route)));
        _network.Do(batch => batch.DeleteRoute(route));
        Assert.Empty(_network.Ip("route show 172.20.0.0/16").EnumerateArray());
        Assert.Equal(("RTM_DELROUTE", Errno.ESRCH), Failure(batch => batch.DeleteRoute(route)));
    }

    [Theory]
    [InlineData("10.9.0.0", 16)]
    [InlineData("fd09::", 64)]
    public void AddRoute_WithoutGateway_IsOfTheInterface(string destination, int prefix)
    {
        _network.Do(batch => batch.AddRoute(new Route { Destination = IPAddress.Parse(destination), PrefixLength = prefix, Link = _bridge }));

        JsonElement listed = _network.One($"{(prefix == 64 ? "-6 " : "")}route show {destination}/{prefix}");
        Assert.Equal("br0", listed.GetProperty("dev").GetString());
        Assert.False(listed.TryGetProperty("gateway", out _));
    }

    [Fact]
    public void ReplaceRoute_OfTheDefault_LeavesOne()
    {
        _network.Do(batch =>
        {
            batch.AddAddress(_bridge, IPAddress.Parse("10.0.0.2"), 24);
            batch.AddRoute(Route.Default(IPAddress.Parse("10.0.0.1")));
            batch.ReplaceRoute(Route.Default(IPAddress.Parse("10.0.0.3")));
        });

        Assert.Equal("10.0.0.3", _network.One("route show default").GetProperty("gateway").GetString());
    }

    [Fact]
    public void AddRoute_GatewayThatIsNotReached_SaysSo()
    {
        SyscallException failure = _network.Fails(batch => batch.AddRoute(Route.Default(IPAddress.Parse("10.0.0.1"))));
        Assert.Equal(("RTM_NEWROUTE", Errno.ENETUNREACH, "Nexthop has invalid gateway"), (failure.Syscall, failure.Errno, failure.Explanation));
    }

    [Fact]
    public void Routes_OfBothFamilies_AreWhatIpLists()
    {
        _network.Do(batch =>
        {
            batch.AddAddress(_bridge, IPAddress.Parse("10.0.0.2"), 24);
            batch.AddAddress(_bridge, IPAddress.Parse("fd00::2"), 64);
            batch.AddRoute(Route.Default(IPAddress.Parse("10.0.0.1")));
        });

        RouteInfo[] routes = [.. RouteQuery.Routes(_network.Socket)];

        Assert.Contains(new RouteInfo(IPAddress.Any, 0, IPAddress.Parse("10.0.0.1"), _bridge, 0, 254, 1), routes);
        Assert.Contains(new RouteInfo(IPAddress.Parse("10.0.0.0"), 24, null, _bridge, 0, 254, 1), routes);
        Assert.Contains(new RouteInfo(IPAddress.Parse("fd00::"), 64, null, _bridge, 256, 254, 1), routes);

        // RTN_LOCAL (2) in the table of the host's own addresses.
        Assert.Contains(new RouteInfo(IPAddress.Parse("10.0.0.2"), 32, null, _bridge, 0, 255, 2), routes);
        Assert.Equal(_network.Ip("-4 route show table all").GetArrayLength(), routes.Count(route => !route.Destination.IsIPv6));
    }

    [Theory]
    [InlineData("10.0.0.9")]
    [InlineData("fd00::9")]
    public void AddNeighbour_Address_IsPermanent(string address)
    {
        MacAddress hardware = new(0x0242_0A00_0009);
        _network.Do(batch => batch.AddNeighbour(_bridge, IPAddress.Parse(address), hardware));

        JsonElement listed = Assert.Single(
            _network.Ip("neigh show dev br0 nud permanent").EnumerateArray(), item => item.GetProperty("dst").GetString() == address);
        Assert.Equal("02:42:0a:00:00:09", listed.GetProperty("lladdr").GetString());
        Assert.Contains(new NeighbourInfo(_bridge, IPAddress.Parse(address), hardware, true), RouteQuery.Neighbours(_network.Socket));
        _network.Do(batch => batch.DeleteNeighbour(_bridge, IPAddress.Parse(address)));
        Assert.DoesNotContain(RouteQuery.Neighbours(_network.Socket), item => item.Address == IPAddress.Parse(address) && item.IsPermanent);
    }

    [Fact]
    public void AddForwarding_OfAPort_IsStatic()
    {
        MacAddress hardware = new(0x0242_0A00_0009);
        _network.Do(batch => batch.AddVeth(new NewLink("port") { Master = _bridge }, new NewLink("b")));
        int port = _network.Index("port");

        _network.Do(batch => batch.AddForwarding(port, hardware));

        JsonElement listed = Assert.Single(
            _network.BridgeTool("fdb show dev port").EnumerateArray(), item => item.GetProperty("mac").GetString() == hardware.ToString());
        Assert.Equal(("static", "br0"), (listed.GetProperty("state").GetString(), listed.GetProperty("master").GetString()));
        Assert.Contains(RouteQuery.Forwarding(_network.Socket), item => item.Link == port && item.Hardware == hardware && item.IsPermanent);
        _network.Do(batch => batch.DeleteForwarding(port, hardware));
        Assert.DoesNotContain(RouteQuery.Forwarding(_network.Socket), item => item.Hardware == hardware);
        Assert.Equal(("RTM_DELNEIGH", Errno.ENOENT), Failure(batch => batch.DeleteForwarding(port, hardware)));
    }

    private (string Operation, Errno Errno) Failure(Action<RouteBatch> write)
    {
        SyscallException failure = _network.Fails(write);
        return (failure.Syscall, failure.Errno);
    }
}
