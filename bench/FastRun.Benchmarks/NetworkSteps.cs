using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Benchmarks;

/// <summary>
/// What each step of a container's network costs: a namespace, a veth into a bridge, its configuration, the end of it all. In a
/// namespace that stands for the host's. Needs root.
/// </summary>
internal sealed class NetworkSteps : IDisposable
{
    private static readonly InternetAddress s_address = InternetAddress.IPv4(0x0AD20002);
    private static readonly InternetAddress s_gateway = InternetAddress.IPv4(0x0AD20001);

    private readonly Fd _host = new(-1);
    private readonly NetlinkSocket _hostSocket = new(NetlinkProtocol.Route);
    private readonly RouteBatch _batch = new();
    private readonly SortedDictionary<string, List<double>> _times = new(StringComparer.Ordinal);
    private readonly int _bridge;
    private int _made;

    internal NetworkSteps()
    {
        NetworkNamespace.Create(_host, _hostSocket);
        _batch.AddBridge(new NewLink("bridge0") { Up = true }, new BridgeOptions { SpanningTree = false, ForwardDelay = TimeSpan.Zero });
        _batch.Send(_hostSocket);
        _bridge = _batch.IndexOf(_hostSocket, "bridge0");
        _batch.AddAddress(_bridge, s_gateway, 24);
        _batch.Send(_hostSocket);
    }

    /// <summary>Runs the variants in turn, and prints the smallest and the median time of each step in microseconds.</summary>
    internal static void Print(int rounds)
    {
        using NetworkSteps steps = new();
        for (int round = -5; round < rounds; round++)
        {
            if (round == 0)
            {
                steps._times.Clear();
            }

            steps.Make("fresh, queues as the kernel likes", queues: 0, linkLocal: true);
            steps.Make("fresh, one queue", queues: 1, linkLocal: true);
            steps.Make("fresh, one queue, no link-local address", queues: 1, linkLocal: false);
            steps.TakePrepared();
        }

        foreach (int threads in (int[])[1, 8])
        {
            steps.MakeMany(threads, 200);
        }

        foreach ((string name, List<double> times) in steps._times)
        {
            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name,-75} min {times[0],7:0}  median {times[times.Count / 2],7:0}  p95 {times[times.Count * 95 / 100],7:0} us"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _hostSocket.Dispose();
        _host.Dispose();
    }

    private void Make(string variant, int queues, bool linkLocal)
    {
        using Fd container = new(-1);
        using NetlinkSocket inside = new(NetlinkProtocol.Route);
        string name = NextName();
        using Stopwatches watch = new(this, variant);

        NetworkNamespace.Create(container, inside);
        watch.Step("1 unshare");
        Veth(name, container, queues, linkLocal);
        watch.Step("2 veth into the bridge");
        Configure(inside, linkLocal);
        watch.Step("3 index, up, address, route");
        watch.Whole("4 all of that");

        watch.Restart();
        inside.Dispose();
        container.Dispose();
        watch.Step("5 close");
        while (_batch.IndexOf(_hostSocket, name) != 0)
        {
            Thread.Yield();
        }

        watch.Step("6 until the kernel has taken it apart");
    }

    /// <summary>Many networks one right after the other, each closed at once: the kernel takes them apart meanwhile.</summary>
    private void MakeMany(int threads, int networks)
    {
        Thread[] all = new Thread[threads];
        List<double> times = [];
        long begin = Stopwatch.GetTimestamp();
        for (int thread = 0; thread < threads; thread++)
        {
            int number = thread;
            all[thread] = new Thread(() =>
            {
                NetlinkSocket socket;
                using (NetworkNamespace.Enter(_host))
                {
                    socket = NetlinkSocket.Open(NetlinkProtocol.Route);
                }

                using RouteBatch batch = new();
                for (int i = 0; i < networks / threads; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    using Fd container = new(-1);
                    using NetlinkSocket inside = new(NetlinkProtocol.Route);
                    NetworkNamespace.Create(container, inside);
                    batch.AddVeth(
                        new NewLink(string.Create(CultureInfo.InvariantCulture, $"m{number}-{i}-{threads}")) { Master = _bridge, Up = true, Queues = 1 },
                        new NewLink("eth0") { NetworkNamespace = container, Queues = 1 });
                    batch.Send(socket);
                    int link = batch.IndexOf(inside, "eth0");
                    batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
                    batch.SetLink(link, new LinkChange { Up = true });
                    batch.AddAddress(link, s_address, 24);
                    batch.AddRoute(Route.Default(s_gateway));
                    batch.Send(inside);
                    double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                    lock (times)
                    {
                        times.Add(time);
                    }
                }

                socket.Dispose();
            });
            all[thread].Start();
        }

        foreach (Thread thread in all)
        {
            thread.Join();
        }

        double whole = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        times.Sort();
        _times.Add($"back to back, {threads} at a time: 4 all of that", times);
        _times.Add($"back to back, {threads} at a time: wall time for each", [whole / networks]);
    }

    /// <summary>The least that is left when namespace and veth were there before: address, route, hardware address.</summary>
    private void TakePrepared()
    {
        using Fd container = new(-1);
        using NetlinkSocket inside = new(NetlinkProtocol.Route);
        string name = NextName();
        NetworkNamespace.Create(container, inside);
        Veth(name, container, 1, true);
        using Stopwatches watch = new(this, "prepared");

        int link = _batch.IndexOf(inside, "eth0");
        _batch.SetLink(link, new LinkChange { Address = MacAddress.OfIPv4(s_address) });
        _batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
        _batch.SetLink(link, new LinkChange { Up = true });
        _batch.AddAddress(link, s_address, 24);
        _batch.AddRoute(Route.Default(s_gateway));
        _batch.Send(inside);
        watch.Whole("4 all that is left");
    }

    private void Veth(string name, Fd container, int queues, bool linkLocal)
    {
        _batch.AddVeth(
            new NewLink(name) { Master = _bridge, Up = linkLocal, Queues = queues },
            new NewLink("eth0") { NetworkNamespace = container, Address = MacAddress.OfIPv4(s_address), Queues = queues });
        if (!linkLocal)
        {
            _batch.SetLink(name, new LinkChange { LinkLocalAddress = false, Up = true });
        }

        _batch.Send(_hostSocket);
    }

    private void Configure(NetlinkSocket inside, bool linkLocal)
    {
        int link = _batch.IndexOf(inside, "eth0");
        _batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
        _batch.SetLink(link, new LinkChange { Up = true, LinkLocalAddress = linkLocal ? null : false });
        _batch.AddAddress(link, s_address, 24);
        _batch.AddRoute(Route.Default(s_gateway));
        _batch.Send(inside);
    }

    private string NextName() => string.Create(CultureInfo.InvariantCulture, $"fr{_made++:x10}");

    private readonly ref struct Stopwatches
    {
        private readonly NetworkSteps _steps;
        private readonly string _variant;
        private readonly Stopwatch _step;
        private readonly Stopwatch _whole;

        internal Stopwatches(NetworkSteps steps, string variant)
        {
            _steps = steps;
            _variant = variant;
            _whole = Stopwatch.StartNew();
            _step = Stopwatch.StartNew();
        }

        internal void Step(string name)
        {
            Note(name, _step);
            _step.Restart();
        }

        internal void Whole(string name) => Note(name, _whole);

        internal void Restart() => _step.Restart();

        /// <inheritdoc/>
        public void Dispose() => _whole.Stop();

        private void Note(string name, Stopwatch watch)
        {
            string key = $"{_variant}: {name}";
            if (!_steps._times.TryGetValue(key, out List<double>? times))
            {
                _steps._times.Add(key, times = []);
            }

            times.Add(watch.Elapsed.TotalMicroseconds);
        }
    }
}
