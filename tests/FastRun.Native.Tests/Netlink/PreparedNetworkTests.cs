using System;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

/// <summary>A container's network, made with objects that were there before, costs the garbage collector nothing.</summary>
public sealed class PreparedNetworkTests
{
    [Fact]
    public void NamespaceWithAVethInABridge_AllocatesNothing()
    {
        using TestNetwork host = new();
        int bridge = host.Bridge();
        Make(host, bridge, "first");

        using Fd descriptor = new(-1);
        using NetlinkSocket inside = new(NetlinkProtocol.Route);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Make(host, bridge, "second", descriptor, inside);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.True(RouteQuery.TryFindLink(host.Socket, "second")!.HasCarrier);
        Assert.Contains(RouteQuery.Routes(inside), route => route is { PrefixLength: 0, Gateway: not null, Table: 254 });
    }

    private static void Make(TestNetwork host, int bridge, string name)
    {
        using Fd descriptor = new(-1);
        using NetlinkSocket inside = new(NetlinkProtocol.Route);
        Make(host, bridge, name, descriptor, inside);
    }

    private static void Make(TestNetwork host, int bridge, string name, Fd descriptor, NetlinkSocket inside)
    {
        InternetAddress address = InternetAddress.IPv4(0x0AD20002);
        NetworkNamespace.Create(descriptor, inside);
        host.Batch.AddVeth(
            new NewLink(name) { Master = bridge, Up = true },
            new NewLink("eth0") { NetworkNamespace = descriptor, Address = MacAddress.OfIPv4(address) });
        host.Batch.Send(host.Socket);
        int link = host.Batch.IndexOf(inside, "eth0");
        host.Batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
        host.Batch.SetLink(link, new LinkChange { Up = true });
        host.Batch.AddAddress(link, address, 24);
        host.Batch.AddRoute(Route.Default(InternetAddress.IPv4(0x0AD20001)));
        host.Batch.Send(inside);
    }
}
