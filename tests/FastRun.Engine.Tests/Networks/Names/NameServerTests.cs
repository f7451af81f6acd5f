using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Names;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Namespaces;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Tests.Networks.Names;

/// <summary>The name server as containers see it, asked by dig from namespaces of their own.</summary>
public sealed class NameServerTests : IDisposable
{
    private const int Patience = 60_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-names-").FullName;
    private readonly StateLayout _layout;
    private readonly Network _front;
    private readonly Network _back;
    private Thread _server = null!;
    private Fd _client = null!;

    public NameServerTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: network namespaces");
        _layout = new StateLayout(Path.Combine(_directory, "data"), Path.Combine(_directory, "run"));
        _front = Create("front", isInternal: false);
        _back = Create("back", isInternal: true);
        Start();
    }

    public void Dispose()
    {
        Stop();
        TreeRemoval.Delete(null, _directory);
    }

    [Fact]
    public void Query_NameAliasShortIdAndFullName_AreTheAddress()
    {
        using StandInContainer db = StandInContainer.Start(_layout, [_front], "db", "store", "sql.example");
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web", "store");
        web.HandOver();
        string address = db.Address().ToString();
        Assert.Equal(address, web.Short("db"));
        Assert.Equal(address, web.Short("DB.Front"));
        Assert.Equal(address, web.Short("sql.example"));
        Assert.Equal(address, web.Short(db.Id[..12]));
        Assert.Equal(web.Address().ToString(), web.Short("web"));
        Assert.Equal($"{db.Address()} {web.Address()}", web.Short("store"));
        Assert.Equal("db.front.", web.Short("-x", address));

        // It has no IPv6: the name is known, so nobody else is asked.
        Assert.Equal("NOERROR", web.Status("db", "AAAA"));
        Assert.Equal("", web.Short("db", "MX"));
    }

    [Fact]
    public void Query_OverTcp_SeveralOnOneConnection_AreAnswered()
    {
        using StandInContainer db = StandInContainer.Start(_layout, [_front], "db");
        db.HandOver();
        Assert.Equal(db.Address().ToString(), db.Short("+tcp", "db"));
        Assert.Equal($"{db.Address()} {db.Address()}", db.Short("+tcp", "+keepopen", "db", "db.front"));
    }

    [Fact]
    public void Query_NameInANetworkThatTheAskerIsNotIn_IsUnknown()
    {
        using StandInContainer db = StandInContainer.Start(_layout, [_back], "db");
        using StandInContainer web = StandInContainer.Start(_layout, [_front, _back], "web");
        using StandInContainer stranger = StandInContainer.Start(_layout, [_front], "stranger");
        using StandInUpstream outside = new(stranger.Namespace, "127.0.0.1");
        web.HandOver();
        stranger.HandOver(["127.0.0.1"]);
        Assert.Equal(db.Address().ToString(), web.Short("db"));
        Assert.Equal(web.Address().ToString(), stranger.Short("web"));

        // Only the world outside is asked for these.
        Assert.Equal(StandInUpstream.OverUdp, stranger.Short("db"));
        Assert.Equal(2, AskedFor(outside, () => stranger.Short("-x", db.Address().ToString()), () => stranger.Short("db.back")));
    }

    [Fact]
    public void Query_AfterAContainerCameOrWent_IsOfThatMoment()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_front, _back], "web");
        web.HandOver(["127.0.0.9"]);
        Assert.Equal("SERVFAIL", web.Status("db"));
        using (StandInContainer db = StandInContainer.Start(_layout, [_back], "db"))
        {
            Assert.Equal(db.Address().ToString(), web.Short("db"));
            using StandInContainer second = StandInContainer.Start(_layout, [_back], "second");
            Assert.Equal(second.Address().ToString(), web.Short("second"));
        }

        Assert.Equal("SERVFAIL", web.Status("db"));
        string own = web.Address(1).ToString();
        Assert.Equal("web.back.", web.Short("-x", own));
        web.Disconnect(1);
        Assert.Equal("SERVFAIL", web.Status("-x", own));
    }

    [Fact]
    public void Query_OtherName_IsAskedForOutside_OverTheSameProtocol()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        using StandInUpstream outside = new(web.Namespace, "127.0.0.1");

        // Nobody is at the first address, and the third one is not needed.
        web.HandOver(["127.0.0.9", "127.0.0.1", "127.0.0.8"]);
        Assert.Equal(StandInUpstream.OverUdp, web.Short("example.com"));
        Assert.Equal(StandInUpstream.OverTcp, web.Short("+tcp", "example.com"));

        // Cut short over UDP: dig asks again over TCP.
        Assert.Equal(StandInUpstream.OverTcp, web.Short("big.example.com"));
        Assert.Equal("SERVFAIL", web.Status("fail.example.com"));
    }

    [Fact]
    public void Query_ServerThatFails_TheNextOneIsAsked()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        using StandInUpstream broken = new(web.Namespace, "127.0.0.1", fails: true);
        using StandInUpstream sound = new(web.Namespace, "127.0.0.2");
        web.HandOver(["127.0.0.1", "127.0.0.2"]);
        Assert.Equal(StandInUpstream.OverUdp, web.Short("example.com"));
        Assert.Equal(StandInUpstream.OverTcp, web.Short("+tcp", "example.com"));
        Assert.Equal((2, 2), (broken.Asked, sound.Asked));
    }

    [Fact]
    public void Query_ServerThatIsSilent_TheNextOneIsAsked()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        using Socket silent = Bind(web, "127.0.0.1");
        using StandInUpstream sound = new(web.Namespace, "127.0.0.2");
        web.HandOver(["127.0.0.1", "127.0.0.2"]);
        Assert.Equal(StandInUpstream.OverUdp, web.Short("example.com"));
    }

    [Fact]
    public void Query_FromAnInternalNetwork_NothingOutsideIsAsked()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_back], "web");
        using StandInUpstream outside = new(web.Namespace, "127.0.0.1");
        web.HandOver(["127.0.0.1"]);
        Assert.Equal("SERVFAIL", web.Status("example.com"));
        Assert.Equal("SERVFAIL", web.Status("+tcp", "example.com"));
        Assert.Equal(web.Address().ToString(), web.Short("web"));
        Assert.Equal(0, outside.Asked);
    }

    [Fact]
    public void Query_Link_IsTheOthersName_ForThisContainerOnly()
    {
        using StandInContainer db = StandInContainer.Start(_layout, [_front], "postgres");
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        db.HandOver(["127.0.0.9"]);
        web.HandOver(["127.0.0.9"], ["db", "postgres"]);
        Assert.Equal(db.Address().ToString(), web.Short("db"));
        Assert.Equal("SERVFAIL", db.Status("db"));
    }

    [Fact]
    public void Query_Broken_IsAFormatError_AndAnotherEdnsVersionToo()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        web.HandOver();
        Assert.Equal("BADVERS", web.Status("+edns=1", "+noednsneg", "web"));
        Assert.Equal("NOTIMP", web.Status("+opcode=UPDATE", "web"));
        using Socket socket = Bind(web, "127.0.0.1", port: 0);
        socket.ReceiveTimeout = Patience;
        socket.Connect(IPAddress.Parse("127.0.0.11"), 53);
        byte[] response = new byte[512];
        socket.Send([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63]);
        Assert.Equal(12, socket.Receive(response));
        Assert.Equal([1, 2, 0x81, 0x81, 0, 0], response[..6]);

        // No answer to what is none: the next one that comes is that to the question.
        socket.Send([1, 2, 0x81, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
        socket.Send([1]);
        socket.Send([7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'w', (byte)'e', (byte)'b', 0, 0, 1, 0, 1]);
        socket.Receive(response);
        Assert.Equal([7, 7, 0x81, 0x80, 0, 1, 0, 1], response[..8]);
    }

    [Fact]
    public void Container_WithAServerOfItsOwnOnPort53_HasBoth()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        web.HandOver();
        using StandInUpstream own = new(web.Namespace, "0.0.0.0");
        Assert.Equal(web.Address().ToString(), web.Short("web"));
        Assert.Equal(web.Address().ToString(), web.Short("+tcp", "web"));
        Assert.Equal(StandInUpstream.OverUdp, web.Ask("127.0.0.1", "web"));
        Assert.Equal(StandInUpstream.OverTcp, web.Ask("127.0.0.1", "+tcp", "web"));
    }

    [Fact]
    public void Container_ThatTracksItsConnectionsAndDropsTheRest_IsAnswered()
    {
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        web.HandOver();
        web.Run("nft", "add table ip own; add chain ip own in { type filter hook input priority 0; }; "
            + "add rule ip own in udp sport 53 ct state != established drop; add rule ip own in tcp sport 53 ct state != established drop; "
            + "add rule ip own in ip saddr 127.0.0.11 udp sport != 53 drop; add rule ip own in ip saddr 127.0.0.11 tcp sport != 53 drop");
        Assert.Equal(web.Address().ToString(), web.Short("web"));
        Assert.Equal(web.Address().ToString(), web.Short("+tcp", "web"));
    }

    [Fact]
    public void Container_ThatFloods_HarmsNobody()
    {
        using StandInContainer evil = StandInContainer.Start(_layout, [_front], "evil");
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        using Socket silent = Bind(evil, "127.0.0.1");
        evil.HandOver(["127.0.0.1"]);
        web.HandOver();
        Random random = new(1);
        byte[] garbage = new byte[700];
        byte[] question = [7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'x', (byte)'y', (byte)'z', 0, 0, 1, 0, 1];
        using Socket datagrams = Bind(evil, "127.0.0.1", port: 0);
        datagrams.Connect(IPAddress.Parse("127.0.0.11"), 53);
        for (int i = 0; i < 3000; i++)
        {
            // As much as the socket takes: what does not fit is lost, as with any flood.
            random.NextBytes(garbage);
            datagrams.Send(garbage.AsSpan(0, random.Next(garbage.Length)));
            datagrams.Send(question);
        }

        List<Socket> connections = [];
        using (NetworkNamespace.Enter(evil.Namespace))
        {
            for (int i = 0; i < 100; i++)
            {
                connections.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
        }

        connections.ForEach(connection => connection.Connect(IPAddress.Parse("127.0.0.11"), 53));
        Assert.Equal(web.Address().ToString(), web.Short("web"));
        Assert.Equal(web.Address().ToString(), web.Short("+tcp", "web"));
        connections.ForEach(static connection => connection.Dispose());
        Assert.Equal(evil.Address().ToString(), evil.Short("evil"));
    }

    [Fact]
    public void Server_WhenItsContainersEnd_EndsToo_AndForgetsThem()
    {
        StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        web.HandOver();
        Assert.Equal(web.Address().ToString(), web.Short("web"));
        Assert.NotEmpty(Directory.GetFiles(_layout.NameServer, web.Id + "-*"));
        web.Dispose();
        _client.Dispose();
        Assert.True(_server.Join(Patience), "the name server goes on without containers");
        Assert.Equal([Path.Combine(_layout.NameServer, "lock")], Directory.GetFiles(_layout.NameServer));
        Start();
    }

    [Fact]
    public void Server_WhoseRunRootWasDeleted_EndsWithItsContainers()
    {
        StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        web.HandOver();
        TreeRemoval.Delete(null, _layout.NameServer);
        web.Dispose();
        _client.Dispose();
        Assert.True(_server.Join(Patience), "the name server goes on without containers");
        Start();
    }

    [Fact]
    public void Server_ContainerThatIsStartedAgain_HasItsNewSockets()
    {
        using StandInContainer db = StandInContainer.Start(_layout, [_front], "db");
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        web.HandOver();
        Assert.Equal(db.Address().ToString(), web.Short("db"));
        using StandInContainer again = StandInContainer.StartAgain(_layout, [_front], web.Id, "web");
        again.HandOver();
        web.Kill();
        Assert.Equal(db.Address().ToString(), again.Short("db"));
    }

    [Fact]
    public void Server_AfterOneThatWasKilled_ServesItsContainersAgain()
    {
        using StandInContainer db = StandInContainer.Start(_layout, [_front], "db");
        using StandInContainer web = StandInContainer.Start(_layout, [_front], "web");
        StandInContainer gone = StandInContainer.Start(_layout, [_front], "gone");
        foreach (StandInContainer container in (StandInContainer[])[db, web, gone])
        {
            // What a name server leaves behind that was killed: the record, and nobody at the sockets.
            ResolverRecord record = new(FastRun.Native.Launch.ProcessInstance.Of(container.Pid), [], []);
            record.Write(Path.Combine(_layout.NameServer, ResolverRecord.NameOf(container.Id, record.Process)));
        }

        gone.Dispose();
        _client.Dispose();
        Assert.True(_server.Join(Patience), "the first name server does not end");
        Start();
        Assert.Equal(db.Address().ToString(), web.Short("db"));
        Assert.Equal(db.Address().ToString(), web.Short("+tcp", "db"));
        Assert.Equal(web.Address().ToString(), db.Short("web"));
        Assert.Equal(2, Directory.GetFiles(_layout.NameServer, "*-*").Length);
    }

    private Network Create(string name, bool isInternal) => new NetworkStore(_layout).Create(
        new NetworkCreateRequest { Name = name, Internal = isInternal, Subnets = [new NetworkSubnet { Subnet = isInternal ? "10.209.2.0/24" : "10.209.1.0/24" }] });

    private void Start()
    {
        FileAt.MakeDirectories(null, _layout.NameServer, 0b_111_000_000);
        (Fd own, Fd other) = UnixSocket.Pair();
        _client = own;
        FileLock held = FileLock.Acquire(null, Path.Combine(_layout.NameServer, "lock"), FileLockMode.Exclusive);
        _server = new Thread(() => NameServer.Serve(_layout, other, held.File, linger: 0)) { IsBackground = true };
        _server.Start();

        // Whoever has the lock next finds it listening.
        FileLock.Acquire(null, Path.Combine(_layout.NameServer, "lock"), FileLockMode.Exclusive).Dispose();
    }

    private void Stop()
    {
        _client?.Dispose();
        Assert.True(_server is null || _server.Join(Patience), "the name server does not end");
    }

    private static int AskedFor(StandInUpstream outside, params Func<string>[] questions)
    {
        int before = outside.Asked;
        foreach (Func<string> question in questions)
        {
            _ = question();
        }

        return outside.Asked - before;
    }

    private static Socket Bind(StandInContainer container, string address, int port = 53)
    {
        using NetworkNamespace.Visit visit = NetworkNamespace.Enter(container.Namespace);
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }
}
