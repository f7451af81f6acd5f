using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FastRun.Native.Netlink;
using FastRun.Native.Nftables;

namespace FastRun.Native.Tests.Nftables;

/// <summary>What the kernel has after a transaction is what nft makes of the same in its own language.</summary>
public sealed class NftablesBatchTests : IDisposable
{
    private static readonly NftablesTable s_inet = new(TableFamily.Inet, "test");
    private static readonly NftablesTable s_bridge = new(TableFamily.Bridge, "test");

    private readonly TestNamespace _ours = new();
    private readonly TestNamespace _peers = new();

    [Fact]
    public void Chains_AreThoseOfNft()
    {
        Execute(batch =>
        {
            batch.AddTable(s_inet);
            batch.AddChain(s_inet, "plain");
            batch.AddChain(s_inet, "in", new ChainHook("filter", HookPoint.Input, ChainHook.Filter, Drops: true));
            batch.AddChain(s_inet, "pre", new ChainHook("nat", HookPoint.Prerouting, ChainHook.DestinationNat));
            batch.AddChain(s_inet, "post", new ChainHook("nat", HookPoint.Postrouting, ChainHook.SourceNat));
            batch.AddTable(s_bridge);
            batch.AddChain(s_bridge, "pre", new ChainHook("filter", HookPoint.Prerouting, ChainHook.BridgeDestinationNat));
        });

        AssertIs(
            """
            table inet test {
              chain plain { }
              chain in { type filter hook input priority filter; policy drop; }
              chain pre { type nat hook prerouting priority dstnat; }
              chain post { type nat hook postrouting priority srcnat; }
            }
            table bridge test {
              chain pre { type filter hook prerouting priority dstnat; }
            }
            """);
    }

    [Fact]
    public void PortThatIsRewritten_IsThatOfNft()
    {
        NftablesTable table = new(TableFamily.Ip, "test");
        Execute(batch =>
        {
            batch.AddTable(table);
            batch.AddChain(table, "out", new ChainHook("filter", HookPoint.Output, ChainHook.Raw));
            batch.AddRule(table, "out", rule => rule
                .Meta(MetaKey.TransportProtocol).Compare([17]).Load(PacketField.DestinationPort).Compare([0, 53])
                .LoadValue([0x14, 0xE9]).Store(PacketField.DestinationPort, 6));
            batch.AddRule(table, "out", rule => rule
                .Meta(MetaKey.TransportProtocol).Compare([6]).Load(PacketField.SourcePort).Compare([0x14, 0xE9])
                .LoadValue([0, 53]).Store(PacketField.SourcePort, 16));
        });

        AssertIs(
            """
            table ip test {
              chain out { type filter hook output priority raw; udp dport 53 udp dport set 5353; tcp sport 5353 tcp sport set 53; }
            }
            """);
    }

    [Fact]
    public void SetsAndMaps_AreThoseOfNft()
    {
        Execute(batch =>
        {
            batch.AddTable(s_inet);
            batch.AddChain(s_inet, "other");
            batch.AddSet(s_inet, new SetDefinition("names", FieldType.InterfaceName));
            batch.AddElement(s_inet, "names", new ElementValue().Interface("fr0123456789"));
            batch.AddSet(s_inet, new SetDefinition("members", FieldType.InterfaceName, FieldType.EtherAddress, FieldType.Ipv4Address));
            batch.AddElement(s_inet, "members", new ElementValue().Interface("fr0").Address(Mac("02:42:0a:d2:00:02")).Address(Ip("10.210.0.2")));
            batch.AddSet(s_inet, new SetDefinition("members6", FieldType.InterfaceName, FieldType.EtherAddress, FieldType.Ipv6Address));
            batch.AddElement(s_inet, "members6", new ElementValue().Interface("fr0").Address(Mac("02:42:0a:d2:00:02")).Address(Ip("fd00::2")));
            batch.AddSet(s_inet, SetDefinition.Map(
                "ports", [FieldType.Ipv4Address, FieldType.Protocol, FieldType.Port], [FieldType.Ipv4Address, FieldType.Port]));
            batch.AddElement(
                s_inet, "ports",
                new ElementValue().Address(Ip("192.0.2.1")).Protocol(6).Port(8080), new ElementValue().Address(Ip("10.210.0.2")).Port(80));
            batch.AddSet(s_inet, SetDefinition.Map("ports6", [FieldType.Protocol, FieldType.Port], [FieldType.Ipv6Address, FieldType.Port]));
            batch.AddElement(s_inet, "ports6", new ElementValue().Protocol(17).Port(53), new ElementValue().Address(Ip("fd00::2")).Port(5353));
            batch.AddSet(s_inet, new SetDefinition("verdicts", FieldType.InterfaceName) { IsVerdictMap = true });
            batch.AddElement(s_inet, "verdicts", new ElementValue().Interface("eth0"), Verdict.Drop);
            batch.AddElement(s_inet, "verdicts", new ElementValue().Interface("eth1"), Verdict.Jump("other"));
            batch.AddElement(s_inet, "verdicts", new ElementValue().Interface("eth2"), Verdict.Return);
            batch.AddSet(s_inet, new SetDefinition("ranges", FieldType.Ipv4Address) { HasIntervals = true });
            batch.AddRange(s_inet, "ranges", new ElementValue().Address(Ip("10.210.0.0")), new ElementValue().Address(Ip("10.210.1.0")));
        });

        AssertIs(
            """
            table inet test {
              set names { type ifname; elements = { "fr0123456789" } }
              set members { type ifname . ether_addr . ipv4_addr; elements = { "fr0" . 02:42:0a:d2:00:02 . 10.210.0.2 } }
              set members6 { type ifname . ether_addr . ipv6_addr; elements = { "fr0" . 02:42:0a:d2:00:02 . fd00::2 } }
              map ports { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; elements = { 192.0.2.1 . tcp . 8080 : 10.210.0.2 . 80 } }
              map ports6 { type inet_proto . inet_service : ipv6_addr . inet_service; elements = { udp . 53 : fd00::2 . 5353 } }
              map verdicts { type ifname : verdict; elements = { "eth0" : drop, "eth1" : jump other, "eth2" : return } }
              set ranges { type ipv4_addr; flags interval; elements = { 10.210.0.0/24 } }
              chain other { }
            }
            """);
    }

    [Fact]
    public void Rules_AreThoseOfNft()
    {
        Execute(batch =>
        {
            batch.AddTable(s_inet);
            batch.AddSet(s_inet, new SetDefinition("names", FieldType.InterfaceName));
            batch.AddSet(s_inet, new SetDefinition("pairs", FieldType.InterfaceName, FieldType.InterfaceName));
            batch.AddSet(s_inet, SetDefinition.Map(
                "ports", [FieldType.Ipv4Address, FieldType.Protocol, FieldType.Port], [FieldType.Ipv4Address, FieldType.Port]));
            batch.AddSet(s_inet, new SetDefinition("verdicts", FieldType.InterfaceName) { IsVerdictMap = true });
            batch.AddChain(s_inet, "other");
            batch.AddRule(s_inet, "other", static rule => rule
                .Meta(MetaKey.NetworkFamily).Compare([2]).Load(PacketField.Ipv4Destination).Compare([192, 0, 2, 1]).Return());
            batch.AddRule(s_inet, "other", static rule => rule.Limit(10, 5).Count().Log(7, 128, "refused").Drop());
            batch.AddChain(s_inet, "pre", new ChainHook("nat", HookPoint.Prerouting, ChainHook.DestinationNat));
            batch.AddRule(s_inet, "pre", static rule => rule.ForThisHost().Jump("other"));
            batch.AddRule(s_inet, "pre", static rule => rule
                .Meta(MetaKey.NetworkFamily).Compare([2])
                .Load(PacketField.Ipv4Destination).Meta(MetaKey.TransportProtocol, 1).Load(PacketField.DestinationPort, 2)
                .LookUp("ports").TranslateDestination(TableFamily.Ip, address: 0, port: 1));
            batch.AddChain(s_inet, "post", new ChainHook("nat", HookPoint.Postrouting, ChainHook.SourceNat));
            batch.AddRule(s_inet, "post", static rule => rule
                .Meta(MetaKey.InputName).Meta(MetaKey.OutputName, 4).IsIn("pairs")
                .Connection(ConnectionKey.Status, ConnectionBits.DestinationTranslated).Masquerade());
            batch.AddChain(s_inet, "forward", new ChainHook("filter", HookPoint.Forward, ChainHook.Filter));
            batch.AddRule(s_inet, "forward", static rule => rule
                .Meta(MetaKey.InputName).IsIn("names", inverted: true).Connection(ConnectionKey.State, ConnectionBits.Known).Accept());
            batch.AddRule(s_inet, "forward", static rule => rule.Meta(MetaKey.OutputName).Decide("verdicts"));
        });

        AssertIs(
            """
            table inet test {
              set names { type ifname; }
              set pairs { type ifname . ifname; }
              map ports { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
              map verdicts { type ifname : verdict; }
              chain other {
                ip daddr 192.0.2.1 return
                limit rate 10/second burst 5 packets counter log prefix "refused" group 7 snaplen 128 drop
              }
              chain pre {
                type nat hook prerouting priority dstnat
                fib daddr type local jump other
                dnat ip to ip daddr . meta l4proto . th dport map @ports
              }
              chain post {
                type nat hook postrouting priority srcnat
                iifname . oifname @pairs ct status dnat masquerade
              }
              chain forward {
                type filter hook forward priority filter
                iifname != @names ct state established,related accept
                oifname vmap @verdicts
              }
            }
            """);
    }

    [Fact]
    public void FlushChain_LeavesTheChain()
    {
        Execute(batch =>
        {
            batch.AddTable(s_inet);
            batch.AddChain(s_inet, "rules");
            batch.AddRule(s_inet, "rules", static rule => rule.Drop());
        });
        Execute(batch =>
        {
            batch.FlushChain(s_inet, "rules");
            batch.AddRule(s_inet, "rules", static rule => rule.Accept());
        });

        AssertIs(
            """
            table inet test {
              chain rules {
                accept
              }
            }
            """);
    }

    [Fact]
    public void AddElement_ThatIsThere_IsNoErrorUnlessExclusive()
    {
        MakePorts();
        ElementValue key = new ElementValue().Protocol(6).Port(80);

        Assert.Equal(Errno.None, Try(batch => batch.AddElement(s_inet, "ports", key, Target(2))));
        Assert.Equal(Errno.EEXIST, Try(batch => batch.AddElement(s_inet, "ports", key, Target(2), exclusive: true)));
        Assert.Contains(Try(batch => batch.AddElement(s_inet, "ports", key, Target(3))), new[] { Errno.EBUSY, Errno.EEXIST });
    }

    [Fact]
    public void DeleteElement_ThatIsMissing_UndoesTheTransaction()
    {
        MakePorts();

        Assert.Equal(Errno.ENOENT, Try(batch =>
        {
            batch.DeleteElement(s_inet, "ports", new ElementValue().Protocol(6).Port(80));
            batch.DeleteElement(s_inet, "ports", new ElementValue().Protocol(6).Port(81));
        }));

        Assert.Single(Keys());
        Assert.Equal(Errno.None, Try(batch => batch.DeleteElement(s_inet, "ports", new ElementValue().Protocol(6).Port(80))));
        Assert.Empty(Keys());
    }

    [Fact]
    public void AddElement_ManyAtOnce_AllAreThere()
    {
        MakePorts();

        Assert.Equal(Errno.None, Try(batch =>
        {
            for (int port = 1000; port < 6000; port++)
            {
                batch.AddElement(s_inet, "ports", new ElementValue().Protocol(17).Port((ushort)port), Target(2));
            }
        }));

        Assert.Equal(5001, Keys().Count);
    }

    [Fact]
    public void Execute_WithoutTheTable_NamesWhatFailed()
    {
        SyscallException exception = Assert.Throws<SyscallException>(
            () => Execute(batch => batch.AddElement(s_inet, "ports", new ElementValue().Port(1))));

        Assert.Equal((Errno.ENOENT, "nft add element", "ports"), (exception.Errno, exception.Syscall, exception.Subject));
    }

    [Fact]
    public void UserDataOf_GivesWhatTheTableWasMadeWith()
    {
        Execute(batch => batch.AddTable(s_inet, "release 7"u8));

        Assert.Equal("release 7"u8.ToArray(), InOurs(socket => socket.UserDataOf(s_inet)));
        Assert.Null(InOurs(socket => socket.UserDataOf(s_bridge)));
    }

    [Fact]
    public void DataOf_GivesTheDataOfOneKey()
    {
        MakePorts();

        Assert.True(Target(2).Matches(InOurs(socket => socket.DataOf(s_inet, "ports", new ElementValue().Protocol(6).Port(80)))));
        Assert.Null(InOurs(socket => socket.DataOf(s_inet, "ports", new ElementValue().Protocol(6).Port(81))));
        Assert.Null(InOurs(socket => socket.DataOf(s_bridge, "ports", new ElementValue().Protocol(6).Port(80))));
    }

    [Fact]
    public void BaseChains_AreThoseWithAHook()
    {
        _ours.Nft(
            """
            table ip filter {
              chain FORWARD { type filter hook forward priority filter; policy drop; }
              chain INPUT { type filter hook input priority -5; policy accept; }
              chain DOCKER { }
            }
            """, "-f", "-");

        IReadOnlyList<BaseChain> chains = InOurs(socket => socket.BaseChains(TableFamily.Ip));

        NftablesTable filter = new(TableFamily.Ip, "filter");
        Assert.Equal(
            [
                new BaseChain(filter, "FORWARD", new ChainHook("filter", HookPoint.Forward, 0, Drops: true)),
                new BaseChain(filter, "INPUT", new ChainHook("filter", HookPoint.Input, -5)),
            ],
            chains.OrderBy(chain => chain.Name));
    }

    [Fact]
    public void DeleteTable_TakesAllInIt()
    {
        MakePorts();

        Assert.Equal(Errno.None, Try(batch => batch.DeleteTable(s_inet)));
        Assert.Equal(Errno.ENOENT, Try(batch => batch.DeleteTable(s_inet)));
        Assert.Equal("", _ours.Ruleset());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ours.Dispose();
        _peers.Dispose();
    }

    private static InternetAddress Ip(string text) => IPAddress.Parse(text);

    private static MacAddress Mac(string text) => MacAddress.TryParse(text, out MacAddress mac) ? mac : throw new FormatException(text);

    private static ElementValue Target(byte host) => new ElementValue().Address(InternetAddress.IPv4(0x0AD20000u | host)).Port(80);

    private void MakePorts() => Execute(batch =>
    {
        batch.AddTable(s_inet);
        batch.AddSet(s_inet, SetDefinition.Map("ports", [FieldType.Protocol, FieldType.Port], [FieldType.Ipv4Address, FieldType.Port]));
        batch.AddElement(s_inet, "ports", new ElementValue().Protocol(6).Port(80), Target(2));
    });

    private IReadOnlyList<byte[]> Keys() => InOurs(socket => socket.Keys(s_inet, "ports"));

    private void Execute(Action<NftablesBatch> fill) => InOurs(socket =>
    {
        using NftablesBatch batch = new();
        fill(batch);
        socket.Execute(batch);
        return 0;
    });

    private Errno Try(Action<NftablesBatch> fill) => InOurs(socket =>
    {
        using NftablesBatch batch = new();
        fill(batch);
        return socket.TryExecute(batch);
    });

    private T InOurs<T>(Func<NftablesSocket, T> use) => _ours.Run(() =>
    {
        using NftablesSocket socket = NftablesSocket.Open();
        return use(socket);
    });

    private void AssertIs(string expected)
    {
        _peers.Nft(expected, "-f", "-");
        Assert.Equal(_peers.Ruleset(), _ours.Ruleset());
    }
}
