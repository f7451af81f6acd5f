using System;
using System.Threading;
using FastRun.Native.Interop;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

public sealed class NetlinkSocketTests
{
    [Fact]
    public void Open_BothProtocols_AnswerTheirRequests()
    {
        using NetlinkSocket route = NetlinkSocket.Open(NetlinkProtocol.Route);
        Assert.Contains(RouteQuery.Links(route), link => link is { Index: 1, Name: "lo" });

        // NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, struct nfgenmsg; the answer is NFT_MSG_NEWGEN with NFTA_GEN_ID.
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: nf_tables");
        using NetlinkSocket netfilter = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        using NetlinkWriter request = new();
        request.Begin((10 << 8) | 16, NetlinkFlags.None, "NFT_MSG_GETGEN");
        request.Header(0u);
        int answers = 0;
        foreach (NetlinkMessage message in netfilter.Query(request))
        {
            Assert.Equal((10 << 8) | 15, message.Type);
            answers++;
        }

        Assert.Equal(1, answers);
    }

    [Fact]
    public void Open_Twice_IsRefused()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        Assert.Throws<InvalidOperationException>(socket.Open);
    }

    [Fact]
    public void Execute_ARequestThatFails_SaysWhichWhatAndWhy()
    {
        using TestNetwork network = new();

        SyscallException failure = network.Fails(batch =>
        {
            batch.AddBridge(new NewLink("br0"));
            batch.AddLink(new NewLink("x0"), "nosuchkind");
            batch.AddLink(new NewLink("x1"), "nosuchkind");
            batch.AddBridge(new NewLink("br1"));
        });

        Assert.Equal(("RTM_NEWLINK", Errno.EOPNOTSUPP, "x0", "Unknown device type"), (failure.Syscall, failure.Errno, failure.Subject, failure.Explanation));
        Assert.Equal("RTM_NEWLINK x0: operation not supported (Unknown device type)", failure.Message);

        // Each request stands for itself, and the socket is of use afterwards.
        Assert.NotEqual(0, network.Index("br0"));
        Assert.NotEqual(0, network.Index("br1"));
    }

    [Fact]
    public void Execute_MoreThanASocketSendsByDefault_GrowsTheSocket()
    {
        using TestNetwork network = new();
        using NetlinkWriter writer = new();
        for (int i = 0; i < 10; i++)
        {
            // A text that is no interface's name: each is refused by itself.
            writer.Begin(16, NetlinkFlags.None, "RTM_NEWLINK", "long");
            writer.Header(default(struct_ifinfomsg));
            writer.Bytes(0x3000, new byte[60000]);
        }

        Assert.False(network.Socket.TryExecute(writer, out NetlinkError error));
        Assert.NotEqual(Errno.EMSGSIZE, error.Errno);
        Assert.Equal(0, error.Request);
    }

    [Fact]
    public unsafe void Execute_WhileOthersSendToTheSocket_OnlyTheKernelIsHeard()
    {
        using TestNetwork network = new();
        Assert.Equal(0, network.Index("br0"));

        // The first socket of a process in a namespace has the process's number as its port.
        using Fd liar = OpenRaw(network.Namespace);
        sockaddr_nl port = new() { nl_family = Socket.AF_NETLINK, nl_pid = (uint)Environment.ProcessId };

        // "Operation not permitted", to whatever number the next request has.
        void Lie(uint sequence)
        {
            using NetlinkWriter lie = new();
            lie.Begin(Native.Interop.Netlink.NLMSG_ERROR, NetlinkFlags.None, "lie");
            lie.Header(new struct_nlmsgerr { error = -(int)Errno.EPERM });
            lie.Number(sequence);
            sockaddr_nl to = port;
            fixed (byte* bytes = lie.Written)
            {
                SyscallException.Check(
                    Kernel.fast_syscall(Sys.sendto, liar.Number, (nint)bytes, lie.Written.Length, 0, (nint)(&to), sizeof(sockaddr_nl)), "sendto");
            }
        }

        for (uint sequence = 1; sequence < 20; sequence++)
        {
            Lie(sequence);
        }

        network.Do(batch => batch.AddBridge(new NewLink("br0")));
        Assert.NotEqual(0, network.Index("br0"));

        // More than anybody sends by mistake.
        for (uint sequence = 1; sequence < 100; sequence++)
        {
            Lie(sequence);
        }

        SyscallException failure = Assert.Throws<SyscallException>(() => network.Index("br0"));
        Assert.Equal((Errno.EPROTO, "messages that are not the kernel's"), (failure.Errno, failure.Explanation));
    }

    [Fact]
    public void Query_OfADumpThatIsLeftEarly_TheNextOneIsWhole()
    {
        using TestNetwork network = new();
        network.Do(batch =>
        {
            for (int i = 0; i < 100; i++)
            {
                batch.AddBridge(new NewLink($"bridge{i}"));
            }
        });
        using NetlinkWriter request = new();
        request.Begin(18, NetlinkFlags.Dump, "RTM_GETLINK");
        request.Header(default(struct_ifinfomsg));
        foreach (NetlinkMessage message in network.Socket.Query(request))
        {
            Assert.Equal(16, message.Type);
            break;
        }

        Assert.Equal(101, RouteQuery.Links(network.Socket).Count);
    }

    [Fact]
    public void Query_WhileLinksComeAndGo_TellsAllThatStay()
    {
        using TestNetwork network = new();
        network.Do(batch =>
        {
            for (int i = 0; i < 60; i++)
            {
                batch.AddBridge(new NewLink($"stays{i}"));
            }
        });
        using NetlinkSocket other = Open(network.Namespace);
        bool stop = false;
        Thread thread = new(() =>
        {
            using RouteBatch batch = new();
            while (!Volatile.Read(ref stop))
            {
                batch.AddBridge(new NewLink("comes"));
                batch.Send(other);
                batch.DeleteLink("comes");
                batch.Send(other);
            }
        });
        thread.Start();
        try
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.InRange(RouteQuery.Links(network.Socket).Count, 61, 62);
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            thread.Join();
        }
    }

    private static Fd OpenRaw(Fd networkNamespace)
    {
        using (NetworkNamespace.Enter(networkNamespace))
        {
            return Fd.FromResult(
                Kernel.fast_syscall(Sys.socket, Socket.AF_NETLINK, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, 0, 0, 0, 0), "socket");
        }
    }

    private static NetlinkSocket Open(Fd networkNamespace)
    {
        using (NetworkNamespace.Enter(networkNamespace))
        {
            return NetlinkSocket.Open(NetlinkProtocol.Route);
        }
    }
}
