using System;
using System.Threading;
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

        // A collection in the middle, which other tests cause, takes what the thread may still allocate, and counts it.
        for (int attempt = 2; ; attempt++)
        {
            using Fd descriptor = new(-1);
            using NetlinkSocket inside = new(NetlinkProtocol.Route);
            string name = $"link-{attempt}";
            int collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Make(host, bridge, name, descriptor, inside);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (collections == GC.CollectionCount(0))
            {
                Assert.Equal(0, allocated);
                Assert.True(RouteQuery.TryFindLink(host.Socket, name)!.HasCarrier);
                Assert.Contains(RouteQuery.Routes(inside), route => route is { PrefixLength: 0, Gateway: not null, Table: 254 });
                break;
            }

            Thread.Sleep(500);
        }
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
