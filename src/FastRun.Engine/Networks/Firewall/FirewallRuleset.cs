using System.Net;
using System.Text;
using FastRun.Native.Nftables;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>
/// The rules, which are the same for any number of networks and containers: what differs is in sets and maps, most of them hash
/// tables, of which an element is added or removed when a network, a container or a port comes or goes. Nobody else's table
/// is touched. Two tables: <c>inet</c> routes and translates, <c>bridge</c> keeps a container from using another's addresses.
/// </summary>
internal sealed class FirewallRuleset(string name)
{
    internal const string Bridges = "bridges";
    internal const string InternalBridges = "internal";
    internal const string MasqueradedBridges = "masqueraded";
    internal const string WithinBridges = "within";
    internal const string Guarded = "guarded";
    internal const string Members4 = "members4";
    internal const string Members6 = "members6";

    /// <summary>
    /// A set that is there where this ruleset is: whoever adds an element to another set does so to this one first, and is
    /// told ENOENT where the rules are missing or of another release. To change a rule, change its name.
    /// </summary>
    private const string Marker = "ruleset-2";

    private const byte Icmpv6 = 58;
    private const byte RouterAdvertisement = 134;
    private const byte NeighbourAdvertisement = 136;
    private const byte Redirect = 137;
    private const byte LoopbackNetwork = 127;
    private const int SecondRegister = 1;
    private const int AfterName = 4;
    private const int AfterGroup = 1;
    private const int AfterGroupAndMac = 3;

    /// <summary>The table that routes and translates.</summary>
    internal NftablesTable Inet { get; } = new(TableFamily.Inet, name);

    /// <summary>The table that guards the ports of bridges.</summary>
    internal NftablesTable Bridge { get; } = new(TableFamily.Bridge, name);

    /// <summary>Fails the transaction with ENOENT where the rules are not there.</summary>
    internal void Require(NftablesBatch batch) => batch.AddElement(Inet, Marker, new ElementValue().Protocol(0));

    /// <summary>Makes all, or makes it anew; elements that are there stay.</summary>
    internal void Make(NftablesBatch batch)
    {
        MakeSets(batch);
        MakeChains(batch);
        MakeTranslation(batch);
        MakeForwarding(batch);
        MakeGuard(batch);
        Require(batch);
    }

    /// <summary>The map that an address's published ports are in.</summary>
    internal static string PortMap(bool isIPv6, bool isAnyAddress) =>
        isAnyAddress ? isIPv6 ? "anyaddress6" : "anyaddress4" : isIPv6 ? "ports6" : "ports4";

    /// <summary>The set of a family's containers with the ports of the host that lead to themselves.</summary>
    internal static string OwnPorts(bool isIPv6) => isIPv6 ? "own6" : "own4";

    private void MakeSets(NftablesBatch batch)
    {
        batch.AddTable(Inet);
        batch.AddTable(Bridge);
        batch.AddSet(Inet, new SetDefinition(Marker, FieldType.Protocol));
        batch.AddSet(Inet, new SetDefinition(Bridges, FieldType.InterfaceName));
        batch.AddSet(Inet, new SetDefinition(InternalBridges, FieldType.InterfaceName));
        batch.AddSet(Inet, new SetDefinition(MasqueradedBridges, FieldType.InterfaceName));
        batch.AddSet(Inet, new SetDefinition(WithinBridges, FieldType.InterfaceName, FieldType.InterfaceName));
        foreach (bool isIPv6 in new[] { false, true })
        {
            FieldType address = isIPv6 ? FieldType.Ipv6Address : FieldType.Ipv4Address;
            batch.AddSet(Inet, SetDefinition.Map(
                PortMap(isIPv6, isAnyAddress: false), [address, FieldType.Protocol, FieldType.Port], [address, FieldType.Port]));
            batch.AddSet(Inet, SetDefinition.Map(
                PortMap(isIPv6, isAnyAddress: true), [FieldType.Protocol, FieldType.Port], [address, FieldType.Port]));
            batch.AddSet(Inet, new SetDefinition(OwnPorts(isIPv6), address, FieldType.Protocol, FieldType.Port));
        }

        batch.AddSet(Bridge, new SetDefinition(Guarded, FieldType.InterfaceGroup));
        batch.AddSet(Bridge, new SetDefinition(Members4, FieldType.InterfaceGroup, FieldType.EtherAddress, FieldType.Ipv4Address));
        batch.AddSet(Bridge, new SetDefinition(Members6, FieldType.InterfaceGroup, FieldType.EtherAddress, FieldType.Ipv6Address));
    }

    private void MakeChains(NftablesBatch batch)
    {
        batch.AddChain(Inet, "publish");
        batch.AddChain(Inet, "prerouting", new ChainHook("nat", HookPoint.Prerouting, ChainHook.DestinationNat));
        batch.AddChain(Inet, "output", new ChainHook("nat", HookPoint.Output, ChainHook.DestinationNat));
        batch.AddChain(Inet, "postrouting", new ChainHook("nat", HookPoint.Postrouting, ChainHook.SourceNat));
        batch.AddChain(Inet, "forward", new ChainHook("filter", HookPoint.Forward, ChainHook.Filter));
        batch.AddChain(Bridge, "prerouting", new ChainHook("filter", HookPoint.Prerouting, ChainHook.BridgeDestinationNat));
        foreach (string chain in new[] { "publish", "prerouting", "output", "postrouting", "forward" })
        {
            batch.FlushChain(Inet, chain);
        }

        batch.FlushChain(Bridge, "prerouting");
    }

    private void MakeTranslation(NftablesBatch batch)
    {
        batch.AddRule(Inet, "prerouting", static rule => rule.ForThisHost().Jump("publish"));
        batch.AddRule(Inet, "output", static rule => rule.ForThisHost().Jump("publish"));

        // What goes to 127.0.0.1 or [::1] has a source that no other host can answer to: a process of ours takes it (publish-ports).
        batch.AddRule(Inet, "publish", static rule => Of(rule, TableFamily.Ip)
            .Load(PacketField.Ipv4DestinationFirstByte).Compare([LoopbackNetwork]).Return());
        batch.AddRule(Inet, "publish", static rule => Of(rule, TableFamily.Ip6)
            .Load(PacketField.Ipv6Destination).Compare(IPAddress.IPv6Loopback.GetAddressBytes()).Return());
        foreach (bool isIPv6 in new[] { false, true })
        {
            TableFamily family = isIPv6 ? TableFamily.Ip6 : TableFamily.Ip;
            PacketField source = isIPv6 ? PacketField.Ipv6Source : PacketField.Ipv4Source;
            PacketField destination = isIPv6 ? PacketField.Ipv6Destination : PacketField.Ipv4Destination;
            int registers = isIPv6 ? 4 : 1;

            // From a container to itself: where bridges call this table too (br_netfilter), the frame would have to leave by
            // the port that it came in by. The same process takes it.
            batch.AddRule(Inet, "publish", rule => Of(rule, family)
                .Load(source).Meta(MetaKey.TransportProtocol, registers).Load(PacketField.DestinationPort, registers + 1)
                .IsIn(OwnPorts(isIPv6)).Return());
            batch.AddRule(Inet, "publish", rule => Of(rule, family)
                .Load(destination).Meta(MetaKey.TransportProtocol, registers).Load(PacketField.DestinationPort, registers + 1)
                .LookUp(PortMap(isIPv6, isAnyAddress: false)).TranslateDestination(family, address: 0, port: registers));
            batch.AddRule(Inet, "publish", rule => Of(rule, family)
                .Meta(MetaKey.TransportProtocol).Load(PacketField.DestinationPort, SecondRegister)
                .LookUp(PortMap(isIPv6, isAnyAddress: true)).TranslateDestination(family, address: 0, port: registers));
        }

        // A container that comes to its neighbour by the host's address: the answer has to come back this way.
        batch.AddRule(Inet, "postrouting", static rule => Within(rule)
            .Connection(ConnectionKey.Status, ConnectionBits.DestinationTranslated).Masquerade());
        batch.AddRule(Inet, "postrouting", static rule => rule
            .Meta(MetaKey.InputName).IsIn(MasqueradedBridges).Meta(MetaKey.OutputName).IsIn(Bridges, inverted: true).Masquerade());
    }

    private void MakeForwarding(NftablesBatch batch)
    {
        batch.AddRule(Inet, "forward", static rule => rule
            .Meta(MetaKey.InputName).IsIn(Bridges, inverted: true).Meta(MetaKey.OutputName).IsIn(Bridges, inverted: true).Accept());
        batch.AddRule(Inet, "forward", static rule => rule.Connection(ConnectionKey.State, ConnectionBits.Known).Accept());
        batch.AddRule(Inet, "forward", static rule => Within(rule).Accept());
        batch.AddRule(Inet, "forward", static rule => rule.Meta(MetaKey.InputName).IsIn(InternalBridges).Drop());
        batch.AddRule(Inet, "forward", static rule => rule.Meta(MetaKey.OutputName).IsIn(InternalBridges).Drop());
        batch.AddRule(Inet, "forward", static rule => rule
            .Connection(ConnectionKey.Status, ConnectionBits.DestinationTranslated).Accept());

        // Neither another bridge nor the outside comes in but through a published port.
        batch.AddRule(Inet, "forward", static rule => rule.Meta(MetaKey.OutputName).IsIn(Bridges).Drop());
    }

    /// <summary>
    /// What comes from a container bears its own addresses: in the frame, in ARP, in IP, in what it says of itself to its
    /// neighbours. It is no router. Whatever is neither IP nor ARP is dropped.
    /// </summary>
    private void MakeGuard(NftablesBatch batch)
    {
        const string chain = "prerouting";
        batch.AddRule(Bridge, chain, static rule => rule
            .Meta(MetaKey.InputName).Compare(Encoding.ASCII.GetBytes(FirewallEndpoint.CablePrefix), differs: true).Accept());
        batch.AddRule(Bridge, chain, static rule => rule.Meta(MetaKey.InputGroup).IsIn(Guarded, inverted: true).Accept());
        batch.AddRule(Bridge, chain, static rule => Carrying(rule, [0x08, 0x00])
            .Meta(MetaKey.InputGroup).Load(PacketField.EtherSource, AfterGroup).Load(PacketField.Ipv4Source, AfterGroupAndMac)
            .IsIn(Members4).Accept());
        batch.AddRule(Bridge, chain, static rule => Carrying(rule, [0x08, 0x06])
            .Meta(MetaKey.InputGroup).Load(PacketField.EtherSource, AfterGroup).Load(PacketField.ArpSenderAddress, AfterGroupAndMac)
            .IsIn(Members4).Load(PacketField.ArpSenderHardware, AfterGroup).IsIn(Members4).Accept());
        foreach (byte type in new[] { RouterAdvertisement, Redirect })
        {
            batch.AddRule(Bridge, chain, rule => Neighbourly(rule, type).Drop());
        }

        batch.AddRule(Bridge, chain, static rule => Neighbourly(rule, NeighbourAdvertisement)
            .Meta(MetaKey.InputGroup).Load(PacketField.EtherSource, AfterGroup).Load(PacketField.NeighbourTarget, AfterGroupAndMac)
            .IsIn(Members6, inverted: true).Drop());
        batch.AddRule(Bridge, chain, static rule => Carrying(rule, [0x86, 0xDD])
            .Meta(MetaKey.InputGroup).Load(PacketField.EtherSource, AfterGroup).Load(PacketField.Ipv6Source, AfterGroupAndMac)
            .IsIn(Members6).Accept());
        batch.AddRule(Bridge, chain, static rule => rule.Drop());
    }

    private static RuleWriter Of(RuleWriter rule, TableFamily family) =>
        rule.Meta(MetaKey.NetworkFamily).Compare([(byte)family]);

    private static RuleWriter Within(RuleWriter rule) =>
        rule.Meta(MetaKey.InputName).Meta(MetaKey.OutputName, AfterName).IsIn(WithinBridges);

    private static RuleWriter Carrying(RuleWriter rule, byte[] protocol) => rule.Meta(MetaKey.Protocol).Compare(protocol);

    private static RuleWriter Neighbourly(RuleWriter rule, byte type) => Carrying(rule, [0x86, 0xDD])
        .Meta(MetaKey.TransportProtocol).Compare([Icmpv6]).Load(PacketField.IcmpType).Compare([type]);
}
