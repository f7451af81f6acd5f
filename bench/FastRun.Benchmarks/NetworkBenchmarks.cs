using BenchmarkDotNet.Attributes;
using FastRun.Native;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Benchmarks;

/// <summary>A container's network from nothing to usable: what must not allocate. Needs root.</summary>
#pragma warning disable CA1001 // Released in RemoveHost.
public class NetworkBenchmarks
#pragma warning restore CA1001
{
    private readonly Fd _host = new(-1);
    private readonly NetlinkSocket _hostSocket = new(NetlinkProtocol.Route);
    private readonly RouteBatch _batch = new();
    private int _bridge;
    private Fd? _container;
    private NetlinkSocket? _inside;

    [GlobalSetup]
    public void MakeHost()
    {
        NetworkNamespace.Create(_host, _hostSocket);
        _batch.AddBridge(new NewLink("bridge0") { Up = true });
        _batch.Send(_hostSocket);
        _bridge = _batch.IndexOf(_hostSocket, "bridge0");
    }

    [IterationSetup]
    public void Prepare()
    {
        _container = new Fd(-1);
        _inside = new NetlinkSocket(NetlinkProtocol.Route);
    }

    /// <summary>A namespace, a veth from it to a bridge, an address and a default route.</summary>
    [Benchmark]
    public int NamespaceWithVethInBridge()
    {
        InternetAddress address = InternetAddress.IPv4(0x0AD20002);
        NetworkNamespace.Create(_container!, _inside!);
        _batch.AddVeth(
            new NewLink("fr0123456789") { Master = _bridge, Up = true, Queues = 1 },
            new NewLink("eth0") { NetworkNamespace = _container, Address = MacAddress.OfIPv4(address), Queues = 1 });
        _batch.Send(_hostSocket);
        int link = _batch.IndexOf(_inside!, "eth0");
        _batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
        _batch.SetLink(link, new LinkChange { Up = true });
        _batch.AddAddress(link, address, 24);
        _batch.AddRoute(Route.Default(InternetAddress.IPv4(0x0AD20001)));
        _batch.Send(_inside!);
        return link;
    }

    [IterationCleanup]
    public void Release()
    {
        _inside!.Dispose();
        _container!.Dispose();
        while (_batch.IndexOf(_hostSocket, "fr0123456789") != 0)
        {
            System.Threading.Thread.Yield();
        }
    }

    [GlobalCleanup]
    public void RemoveHost()
    {
        _batch.Dispose();
        _hostSocket.Dispose();
        _host.Dispose();
    }
}
