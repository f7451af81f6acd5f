using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using FastRun.Native.Netlink;
using FastRun.Native.Tests.Nftables;

namespace FastRun.Native.Tests.Netlink;

/// <summary>What the kernel remembers of datagrams, in a namespace of a test's own.</summary>
public sealed class ConnectionTrackingTests : IDisposable
{
    private const byte Udp = 17;
    private const byte Tcp = 6;

    private readonly TestNamespace _namespace = new();

    public ConnectionTrackingTests()
    {
        _namespace.Run(static () =>
        {
            using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
            using RouteBatch batch = new();
            batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
            batch.Send(socket);
        });

        // Somebody has to ask for tracking, or nothing is tracked. What is sent to port 5356 is led to port 5353.
        _namespace.Nft("table inet t { chain c { type nat hook output priority -100; meta l4proto udp udp dport 5356 redirect to :5353; }; }", "-f", "-");
    }

    [Theory]
    [InlineData(false, "127.0.0.1", "127.0.0.2")]
    [InlineData(true, "::1", "::1")]
    public void Forget_OfAPort_ForgetsWhatWasChosen_AndNothingElse(bool isIPv6, string from, string to)
    {
        Send(from, to, 5353);
        Send(from, to, 5354);
        InternetAddress source = IPAddress.Parse(from);
        InternetAddress destination = IPAddress.Parse(to);

        Assert.Equal(0, Forget(isIPv6, Udp, 5353, static _ => false));
        Assert.Equal(0, Forget(isIPv6, Tcp, 5353, static _ => true));
        Assert.Equal(0, Forget(!isIPv6, Udp, 5353, static _ => true));
        List<TrackedConnection> seen = [];
        Assert.Equal(1, Forget(isIPv6, Udp, 5353, connection =>
        {
            seen.Add(connection);
            return true;
        }));
        Assert.Equal([new TrackedConnection(source, destination, destination)], seen);
        Assert.Equal(0, Forget(isIPv6, Udp, 5353, static _ => true));
        Assert.Equal(1, Forget(isIPv6, Udp, 5354, static _ => true));
    }

    [Fact]
    public void Forget_SeesWhereToAConnectionIsLed_AndKnowsItByThePortThatWasAsked()
    {
        Send("127.0.0.1", "127.0.0.2", 5356);
        List<TrackedConnection> seen = [];
        Forget(isIPv6: false, Udp, 5356, connection =>
        {
            seen.Add(connection);
            return false;
        });
        TrackedConnection led = Assert.Single(seen);
        Assert.True(led.IsDestinationTranslated);
        Assert.Equal(InternetAddress.FromIPAddress(IPAddress.Parse("127.0.0.2")), led.Destination);
        Assert.Equal(InternetAddress.FromIPAddress(IPAddress.Loopback), led.Answering);
        Assert.Equal(0, Forget(isIPv6: false, Udp, 5353, static _ => true));
        Assert.Equal(1, Forget(isIPv6: false, Udp, 5356, static connection => connection.IsDestinationTranslated));
    }

    [Fact]
    public void Forget_WhereNothingWasSent_ForgetsNothing() => Assert.Equal(0, Forget(isIPv6: false, Udp, 5353, static _ => true));

    public void Dispose() => _namespace.Dispose();

    private int Forget(bool isIPv6, byte protocol, ushort port, Predicate<TrackedConnection> chosen) => _namespace.Run(() =>
    {
        using ConnectionTracking tracking = ConnectionTracking.Open();
        return tracking.Forget(isIPv6, protocol, port, chosen);
    });

    private void Send(string from, string to, int port) => _namespace.Run(() =>
    {
        // Somebody is there, so no ICMP error ends what the kernel tracks.
        IPAddress address = IPAddress.Parse(to);
        using Socket receiver = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port == 5356 ? 5353 : port));
        using Socket sender = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        sender.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        sender.SendTo([1], new IPEndPoint(address, port));
    });
}
