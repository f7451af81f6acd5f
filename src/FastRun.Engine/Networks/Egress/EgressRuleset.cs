using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Ports;
using FastRun.Native.Netlink;
using FastRun.Native.Nftables;

namespace FastRun.Engine.Networks.Egress;

/// <summary>
/// The rules that keep containers to where they may send, in two tables of their own, which are there once a container had such a
/// policy: whoever has none pays nothing. What comes out of a confined container goes through a chain of its own, before its
/// destination is translated; nothing in the container can change that.
/// </summary>
internal sealed class EgressRuleset(string name)
{
    /// <summary>The most destinations that are told apart of what was refused, in each family.</summary>
    internal const int MostRefusals = 512;

    /// <summary>The most addresses that names have opened at once, in each of a container's four sets.</summary>
    internal const int MostLearned = 2048;

    internal const string Secluded = "secluded";

    /// <summary>As in <see cref="FirewallRuleset"/>: to change a rule that is not a container's own, change its name.</summary>
    private const string Marker = "ruleset-egress-1";

    private const string Ported = "ported";
    private const string Neighbourly = "neighbourly";
    private const string Input = "prerouting";
    private const string Arrival = "postrouting";
    private const string Forward = "forward";
    private const int BeforeSourceNat = 90;
    private const int BridgeFilter = -200;
    private const byte Tcp = 6;
    private const byte Icmpv6 = 58;
    private const byte MulticastIPv6 = 0xFF;
    private const uint OwnBits = 0x0000_FFFF;
    private const uint PeerBits = 0xFFFF_0000;

    /// <summary>Listener queries, reports and done, solicitations and advertisements of neighbours and routers (RFC 3810, RFC 4861).</summary>
    private static readonly byte[] s_neighbourly = [130, 131, 132, 133, 135, 136, 143];

    internal NftablesTable Inet { get; } = new(TableFamily.Inet, name + "-egress");

    internal NftablesTable Bridge { get; } = new(TableFamily.Bridge, name + "-egress");

    /// <summary>Fails the transaction with ENOENT where the rules are not there.</summary>
    internal void Require(NftablesBatch batch) => batch.AddElement(Inet, Marker, new ElementValue().Protocol(0));

    /// <summary>Makes what is the same for all containers.</summary>
    internal void Make(NftablesBatch batch)
    {
        batch.AddTable(Inet);
        batch.AddTable(Bridge);
        batch.AddSet(Inet, new SetDefinition(Marker, FieldType.Protocol));
        batch.AddSet(Inet, new SetDefinition(Ported, FieldType.Protocol));
        batch.AddSet(Inet, new SetDefinition(Neighbourly, FieldType.Protocol));
        batch.AddSet(Bridge, new SetDefinition(Secluded, FieldType.InterfaceGroup));
        foreach (TransportProtocol protocol in Enum.GetValues<TransportProtocol>())
        {
            batch.AddElement(Inet, Ported, new ElementValue().Protocol((byte)protocol));
        }

        foreach (byte type in s_neighbourly)
        {
            batch.AddElement(Inet, Neighbourly, new ElementValue().Protocol(type));
        }

        foreach (bool isIPv6 in new[] { false, true })
        {
            batch.AddSet(Inet, new SetDefinition(From(isIPv6), FieldType.InterfaceName, AddressType(isIPv6)) { IsVerdictMap = true });
            batch.AddSet(Inet, new SetDefinition(To(isIPv6), AddressType(isIPv6)) { IsVerdictMap = true });
        }

        batch.AddChain(Inet, Input, new ChainHook("filter", HookPoint.Prerouting, ChainHook.Mangle));
        batch.AddChain(Inet, Arrival, new ChainHook("filter", HookPoint.Postrouting, BeforeSourceNat));
        batch.AddChain(Bridge, Forward, new ChainHook("filter", HookPoint.Forward, BridgeFilter));
        batch.FlushChain(Inet, Input);
        batch.FlushChain(Inet, Arrival);
        batch.FlushChain(Bridge, Forward);

        // Without these nobody finds the gateway. They are for this host: it forwards none of them.
        batch.AddRule(Inet, Input, static rule => Solicitation(rule).Load(PacketField.Ipv6DestinationFirstByte).Compare([MulticastIPv6]).Accept());
        batch.AddRule(Inet, Input, static rule => Solicitation(rule).ForThisHost().Accept());
        foreach (bool isIPv6 in new[] { false, true })
        {
            batch.AddRule(Inet, Input, rule => Of(rule, isIPv6).Meta(MetaKey.InputName).Load(Source(isIPv6), register: 4).Decide(From(isIPv6)));
            batch.AddRule(Inet, Arrival, rule => Of(rule, isIPv6)
                .Connection(ConnectionKey.State, ConnectionBits.New).Load(Destination(isIPv6)).Decide(To(isIPv6)));
        }

        batch.AddRule(Bridge, Forward, static rule => rule.Meta(MetaKey.InputGroup).IsIn(Secluded).Drop());
        Require(batch);
    }

    /// <summary>Makes what is one container's; EEXIST where it is there.</summary>
    internal void Add(NftablesBatch batch, ConfinedEndpoint confined)
    {
        string key = confined.Key;
        foreach (string chain in Chains(key))
        {
            batch.AddChain(Inet, chain, hook: null, exclusive: true);
        }

        foreach (bool isIPv6 in new[] { false, true })
        {
            FieldType address = AddressType(isIPv6);
            batch.AddSet(Inet, new SetDefinition(Named(key, isIPv6), address) { HasTimeouts = true, Size = MostLearned });
            batch.AddSet(Inet, new SetDefinition(NamedPorts(key, isIPv6), address, FieldType.Protocol, FieldType.Port) { HasTimeouts = true, Size = MostLearned });
            batch.AddSet(Inet, new SetDefinition(Refused(key, isIPv6), address, FieldType.Protocol, FieldType.Port) { IsFilledByRules = true, Size = MostRefusals });
        }

        AddDecision(batch, confined);
        string allow = Allow(key);
        batch.AddRule(Inet, allow, rule => Note(rule, PeerBits, confined.Mark).Accept());
        batch.AddRule(Inet, Arriving(key), rule => Note(rule, OwnBits, (uint)confined.Mark << 16));
        AddRefusal(batch, key);
        foreach ((bool isIPv6, ElementValue source, ElementValue destination) in Addresses(confined))
        {
            batch.AddElement(Inet, From(isIPv6), source, Verdict.Goto(Leaving(key)));
            batch.AddElement(Inet, To(isIPv6), destination, Verdict.Jump(Arriving(key)));
        }

        if (confined.IsSecluded)
        {
            batch.AddElement(Bridge, Secluded, new ElementValue().Group(confined.Endpoint.Group));
        }
    }

    /// <summary>Removes what is one container's; ENOENT where it is not there.</summary>
    internal void Delete(NftablesBatch batch, ConfinedEndpoint confined)
    {
        foreach ((bool isIPv6, ElementValue source, ElementValue destination) in Addresses(confined))
        {
            batch.DeleteElement(Inet, From(isIPv6), source);
            batch.DeleteElement(Inet, To(isIPv6), destination);
        }

        if (confined.IsSecluded)
        {
            batch.DeleteElement(Bridge, Secluded, new ElementValue().Group(confined.Endpoint.Group));
        }

        foreach (string chain in Chains(confined.Key))
        {
            batch.FlushChain(Inet, chain);
        }

        foreach (string chain in Chains(confined.Key))
        {
            batch.DeleteChain(Inet, chain);
        }

        foreach (bool isIPv6 in new[] { false, true })
        {
            batch.DeleteSet(Inet, Named(confined.Key, isIPv6));
            batch.DeleteSet(Inet, NamedPorts(confined.Key, isIPv6));
            batch.DeleteSet(Inet, Refused(confined.Key, isIPv6));
        }
    }

    /// <summary>The set of addresses that names have opened.</summary>
    internal static string Named(string key, bool isIPv6) => (isIPv6 ? "names6-" : "names4-") + key;

    /// <summary>The set of addresses with a protocol and port that names have opened.</summary>
    internal static string NamedPorts(string key, bool isIPv6) => (isIPv6 ? "ports6-" : "ports4-") + key;

    /// <summary>The set of destinations that were refused.</summary>
    internal static string Refused(string key, bool isIPv6) => (isIPv6 ? "refused6-" : "refused4-") + key;

    private static string Leaving(string key) => "from-" + key;

    private static string Arriving(string key) => "to-" + key;

    private static string Allow(string key) => "allow-" + key;

    private static string Refuse(string key) => "refuse-" + key;

    private static string[] Chains(string key) => [Leaving(key), Arriving(key), Allow(key), Refuse(key)];

    private static string From(bool isIPv6) => isIPv6 ? "from6" : "from4";

    private static string To(bool isIPv6) => isIPv6 ? "to6" : "to4";

    private void AddDecision(NftablesBatch batch, ConfinedEndpoint confined)
    {
        string chain = Leaving(confined.Key);
        string allow = Allow(confined.Key);
        string refuse = Refuse(confined.Key);

        // A connection that this run of the container was let have, or that others have to it.
        batch.AddRule(Inet, chain, rule => Known(rule, OwnBits, confined.Mark).Accept());
        batch.AddRule(Inet, chain, rule => Known(rule, PeerBits, (uint)confined.Mark << 16).Accept());
        foreach (EgressRule rule in confined.Policy.Rules)
        {
            AddBlock(batch, chain, rule, allow, ofOneAddress: true);
        }

        // This host's own addresses, and those of a link (cloud metadata), are opened by rules of one address only.
        batch.AddRule(Inet, chain, rule => rule.ForThisHost().Goto(refuse));
        foreach (Subnet link in EgressAddress.LinkLocal)
        {
            batch.AddRule(Inet, chain, rule => To(rule, link).Goto(refuse));
        }

        // Where bridges call this table (br_netfilter) neighbours are met here too.
        foreach (Subnet own in confined.Neighbourhood)
        {
            batch.AddRule(Inet, chain, rule => To(rule, own).Goto(allow));
        }

        foreach (EgressRule rule in confined.Policy.Rules)
        {
            AddBlock(batch, chain, rule, allow, ofOneAddress: false);
        }

        foreach (bool isIPv6 in new[] { false, true })
        {
            batch.AddRule(Inet, chain, rule => Of(rule, isIPv6).Load(Destination(isIPv6)).IsIn(Named(confined.Key, isIPv6)).Goto(allow));
            batch.AddRule(Inet, chain, rule => Triple(Of(rule, isIPv6), isIPv6).IsIn(NamedPorts(confined.Key, isIPv6)).Goto(allow));
        }

        batch.AddRule(Inet, chain, rule => rule.Goto(refuse));
    }

    private void AddBlock(NftablesBatch batch, string chain, EgressRule rule, string allow, bool ofOneAddress)
    {
        if (rule.Addresses is not { } block || rule.IsOneAddress != ofOneAddress)
        {
            return;
        }

        foreach (byte protocol in ProtocolsOf(rule))
        {
            batch.AddRule(Inet, chain, writer =>
            {
                To(writer, block);
                if (protocol != 0)
                {
                    writer.Meta(MetaKey.TransportProtocol).Compare([protocol]);
                }

                if (rule.FirstPort != 0)
                {
                    writer.Load(PacketField.DestinationPort).Between(Bytes(rule.FirstPort), Bytes(rule.LastPort));
                }

                writer.Goto(allow);
            });
        }
    }

    private void AddRefusal(NftablesBatch batch, string key)
    {
        string chain = Refuse(key);
        foreach (bool isIPv6 in new[] { false, true })
        {
            int registers = isIPv6 ? 4 : 1;
            batch.AddRule(Inet, chain, rule => Triple(Of(rule, isIPv6).Meta(MetaKey.TransportProtocol).IsIn(Ported), isIPv6).CountIn(Refused(key, isIPv6)));
            batch.AddRule(Inet, chain, rule => Of(rule, isIPv6).Meta(MetaKey.TransportProtocol).IsIn(Ported, inverted: true)
                .Load(Destination(isIPv6)).Meta(MetaKey.TransportProtocol, registers).LoadValue([0, 0], registers + 1).CountIn(Refused(key, isIPv6)));
        }

        batch.AddRule(Inet, chain, static rule => rule.Meta(MetaKey.TransportProtocol).Compare([Tcp]).Reject(isTcp: true));
        batch.AddRule(Inet, chain, static rule => rule.Reject(isTcp: false));
    }

    /// <summary>What its protocols are; 0 for any. A port alone is one of TCP and of UDP.</summary>
    private static byte[] ProtocolsOf(EgressRule rule) =>
        rule.Protocol is { } one ? [(byte)one]
        : rule.FirstPort == 0 ? [0]
        : [(byte)TransportProtocol.Tcp, (byte)TransportProtocol.Udp];

    private static IEnumerable<(bool IsIPv6, ElementValue Source, ElementValue Destination)> Addresses(ConfinedEndpoint confined)
    {
        FirewallEndpoint endpoint = confined.Endpoint;
        List<InternetAddress> addresses = [];
        if (endpoint.IPv4 is { } ipv4)
        {
            addresses.Add(ipv4);
        }

        if (endpoint.IPv6 is { } ipv6)
        {
            addresses.Add(ipv6);
            addresses.Add(endpoint.LinkLocalAddress);
        }

        foreach (InternetAddress address in addresses)
        {
            yield return (address.IsIPv6, new ElementValue().Interface(confined.Bridge).Address(address), new ElementValue().Address(address));
        }
    }

    private static RuleWriter Solicitation(RuleWriter rule) => Of(rule, isIPv6: true)
        .Meta(MetaKey.TransportProtocol).Compare([Icmpv6]).Load(PacketField.IcmpType).IsIn(Neighbourly);

    private static RuleWriter Of(RuleWriter rule, bool isIPv6) =>
        rule.Meta(MetaKey.NetworkFamily).Compare([(byte)(isIPv6 ? TableFamily.Ip6 : TableFamily.Ip)]);

    /// <summary>Destination, protocol and port, one behind the other.</summary>
    private static RuleWriter Triple(RuleWriter rule, bool isIPv6)
    {
        int registers = isIPv6 ? 4 : 1;
        return rule.Load(Destination(isIPv6)).Meta(MetaKey.TransportProtocol, registers).Load(PacketField.DestinationPort, registers + 1);
    }

    private static RuleWriter To(RuleWriter rule, Subnet block)
    {
        Of(rule, block.IsIPv6).Load(Destination(block.IsIPv6));
        byte[] first = block.Address.GetAddressBytes();
        if (block.LastIndex == UInt128.Zero)
        {
            return rule.Compare(first);
        }

        return rule.Between(first, block.At(block.LastIndex).GetAddressBytes());
    }

    private static RuleWriter Known(RuleWriter rule, uint bits, uint value) => rule
        .Connection(ConnectionKey.State, ConnectionBits.Known)
        .LoadConnection(ConnectionKey.Mark).Mask(BitConverter.GetBytes(bits), BitConverter.GetBytes(0)).Compare(BitConverter.GetBytes(value));

    /// <summary>Gives the connection a number, of which other bits stay.</summary>
    private static RuleWriter Note(RuleWriter rule, uint keep, uint value) => rule
        .LoadConnection(ConnectionKey.Mark).Mask(BitConverter.GetBytes(keep), BitConverter.GetBytes(value)).SetConnection(ConnectionKey.Mark);

    private static FieldType AddressType(bool isIPv6) => isIPv6 ? FieldType.Ipv6Address : FieldType.Ipv4Address;

    private static PacketField Source(bool isIPv6) => isIPv6 ? PacketField.Ipv6Source : PacketField.Ipv4Source;

    private static PacketField Destination(bool isIPv6) => isIPv6 ? PacketField.Ipv6Destination : PacketField.Ipv4Destination;

    private static byte[] Bytes(ushort port)
    {
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, port);
        return bytes;
    }
}
