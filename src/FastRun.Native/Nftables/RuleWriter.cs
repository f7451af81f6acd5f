using System;
using FastRun.Native.Interop;
using FastRun.Native.Netlink;

namespace FastRun.Native.Nftables;

/// <summary>
/// Writes the expressions of one rule, which the kernel runs in their order until one does not match. Values go through sixteen
/// registers of four bytes; a value fills as many as it needs, and neighbouring ones make a concatenation.
/// </summary>
public sealed class RuleWriter
{
    private const int RouteTypeLocal = 2;

    private readonly NetlinkWriter _writer;

    internal RuleWriter(NetlinkWriter writer) => _writer = writer;

    /// <summary>Loads what is known of the packet (<c>meta</c>).</summary>
    public RuleWriter Meta(MetaKey key, int register = 0)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("meta");
        _writer.UInt32BigEndian(NfTables.NFTA_META_KEY, (uint)key);
        Register(NfTables.NFTA_META_DREG, register);
        return this;
    }

    /// <summary>Loads a part of the packet (<c>payload</c>); the rule does not match where the packet is too short.</summary>
    public RuleWriter Load(PacketField field, int register = 0)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("payload");
        Register(NfTables.NFTA_PAYLOAD_DREG, register);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_BASE, field.Base);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_OFFSET, field.Offset);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_LEN, field.Length);
        return this;
    }

    /// <summary>Loads bytes (<c>immediate</c>).</summary>
    public RuleWriter LoadValue(ReadOnlySpan<byte> value, int register = 0)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("immediate");
        Register(NfTables.NFTA_IMMEDIATE_DREG, register);
        Value(NfTables.NFTA_IMMEDIATE_DATA, value);
        return this;
    }

    /// <summary>Writes a register to a part of the packet, and mends the checksum that stands in the same header.</summary>
    /// <param name="field">What is written.</param>
    /// <param name="checksum">Where the header's checksum is in it, in bytes.</param>
    /// <param name="register">What it gets.</param>
    public RuleWriter Store(PacketField field, uint checksum, int register = 0)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("payload");
        Register(NfTables.NFTA_PAYLOAD_SREG, register);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_BASE, field.Base);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_OFFSET, field.Offset);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_LEN, field.Length);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_CSUM_TYPE, NfTables.NFT_PAYLOAD_CSUM_INET);
        _writer.UInt32BigEndian(NfTables.NFTA_PAYLOAD_CSUM_OFFSET, checksum);
        return this;
    }

    /// <summary>Loads what connection tracking knows (<c>ct</c>), and keeps what has one of these bits.</summary>
    public RuleWriter Connection(ConnectionKey key, uint bits)
    {
        LoadConnection(key);
        Mask(BitConverter.GetBytes(bits), BitConverter.GetBytes(0));
        return Compare(BitConverter.GetBytes(0), differs: true);
    }

    /// <summary>Loads what connection tracking knows (<c>ct</c>).</summary>
    public RuleWriter LoadConnection(ConnectionKey key)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("ct");
        _writer.UInt32BigEndian(NfTables.NFTA_CT_KEY, (uint)key);
        Register(NfTables.NFTA_CT_DREG, 0);
        return this;
    }

    /// <summary>Gives the connection what the first register has (<c>ct mark set</c>).</summary>
    public RuleWriter SetConnection(ConnectionKey key)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("ct");
        _writer.UInt32BigEndian(NfTables.NFTA_CT_KEY, (uint)key);
        Register(NfTables.NFTA_CT_SREG, 0);
        return this;
    }

    /// <summary>Keeps only these bits of the first registers, then turns those over (<c>bitwise</c>).</summary>
    public RuleWriter Mask(ReadOnlySpan<byte> keep, ReadOnlySpan<byte> turn)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("bitwise");
        Register(NfTables.NFTA_BITWISE_SREG, 0);
        Register(NfTables.NFTA_BITWISE_DREG, 0);
        _writer.UInt32BigEndian(NfTables.NFTA_BITWISE_LEN, (uint)keep.Length);
        Value(NfTables.NFTA_BITWISE_MASK, keep);
        Value(NfTables.NFTA_BITWISE_XOR, turn);
        return this;
    }

    /// <summary>Keeps what is in a range of numbers, the most significant byte first.</summary>
    public RuleWriter Between(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last) =>
        Compare(NfTables.NFT_CMP_GTE, first, 0).Compare(NfTables.NFT_CMP_LTE, last, 0);

    /// <summary>Counts packets in an element of a set, which is added where it is not there; the rule does not match where the set is full (<c>dynset</c>).</summary>
    public RuleWriter CountIn(string set, int register = 0)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("dynset");
        _writer.Text(NfTables.NFTA_DYNSET_SET_NAME, set);
        _writer.UInt32BigEndian(NfTables.NFTA_DYNSET_OP, NfTables.NFT_DYNSET_OP_ADD);
        Register(NfTables.NFTA_DYNSET_SREG_KEY, register);
        using NetlinkWriter.Nest expression = _writer.Nested(NfTables.NFTA_DYNSET_EXPR);
        using NetlinkWriter.Nest counter = Begin("counter");
        return this;
    }

    /// <summary>Drops the packet, and tells its sender: that the administrator prohibits it (ICMP), or by a TCP reset.</summary>
    public RuleWriter Reject(bool isTcp)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("reject");
        _writer.UInt32BigEndian(NfTables.NFTA_REJECT_TYPE, isTcp ? NfTables.NFT_REJECT_TCP_RST : (uint)NfTables.NFT_REJECT_ICMPX_UNREACH);
        _writer.UInt8(NfTables.NFTA_REJECT_ICMP_CODE, isTcp ? (byte)0 : NfTables.NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
        return this;
    }

    /// <summary>Keeps what is for an address of this host (<c>fib daddr type local</c>).</summary>
    public RuleWriter ForThisHost()
    {
        using (NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM))
        using (NetlinkWriter.Nest data = Begin("fib"))
        {
            Register(NfTables.NFTA_FIB_DREG, 0);
            _writer.UInt32BigEndian(NfTables.NFTA_FIB_RESULT, NfTables.NFT_FIB_RESULT_ADDRTYPE);
            _writer.UInt32BigEndian(NfTables.NFTA_FIB_FLAGS, NfTables.NFTA_FIB_F_DADDR);
        }

        return Compare(BitConverter.GetBytes(RouteTypeLocal));
    }

    /// <summary>Compares registers with bytes (<c>cmp</c>).</summary>
    public RuleWriter Compare(ReadOnlySpan<byte> value, int register = 0, bool differs = false) =>
        Compare(differs ? NfTables.NFT_CMP_NEQ : NfTables.NFT_CMP_EQ, value, register);

    /// <summary>Keeps what is in a set, or what is not (<c>lookup</c>).</summary>
    public RuleWriter IsIn(string set, int register = 0, bool inverted = false)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("lookup");
        _writer.Text(NfTables.NFTA_LOOKUP_SET, set);
        Register(NfTables.NFTA_LOOKUP_SREG, register);
        if (inverted)
        {
            _writer.UInt32BigEndian(NfTables.NFTA_LOOKUP_FLAGS, NfTables.NFT_LOOKUP_F_INV);
        }

        return this;
    }

    /// <summary>Loads what a map has for a key; the rule does not match where it has nothing.</summary>
    public RuleWriter LookUp(string map, int register = 0, int into = 0)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("lookup");
        _writer.Text(NfTables.NFTA_LOOKUP_SET, map);
        Register(NfTables.NFTA_LOOKUP_SREG, register);
        Register(NfTables.NFTA_LOOKUP_DREG, into);
        return this;
    }

    /// <summary>Does what a verdict map says.</summary>
    public RuleWriter Decide(string map, int register = 0)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("lookup");
        _writer.Text(NfTables.NFTA_LOOKUP_SET, map);
        Register(NfTables.NFTA_LOOKUP_SREG, register);
        _writer.UInt32BigEndian(NfTables.NFTA_LOOKUP_DREG, NfTables.NFT_REG_VERDICT);
        return this;
    }

    /// <summary>Counts packets and bytes.</summary>
    public RuleWriter Count()
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("counter");
        return this;
    }

    /// <summary>Keeps so many packets a second, and a burst of as many.</summary>
    public RuleWriter Limit(ulong perSecond, uint burst)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("limit");
        _writer.UInt64BigEndian(NfTables.NFTA_LIMIT_RATE, perSecond);
        _writer.UInt64BigEndian(NfTables.NFTA_LIMIT_UNIT, 1);
        _writer.UInt32BigEndian(NfTables.NFTA_LIMIT_BURST, burst);
        return this;
    }

    /// <summary>Sends the beginning of the packet to whoever listens to a group of nfnetlink_log.</summary>
    public RuleWriter Log(ushort group, uint bytes, string prefix)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("log");
        _writer.UInt16BigEndian(NfTables.NFTA_LOG_GROUP, group);
        _writer.UInt32BigEndian(NfTables.NFTA_LOG_SNAPLEN, bytes);
        _writer.Text(NfTables.NFTA_LOG_PREFIX, prefix);
        return this;
    }

    /// <summary>Gives the connection another destination, of an address and a port in registers (<c>dnat</c>).</summary>
    public RuleWriter TranslateDestination(TableFamily family, int address, int port)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("nat");
        _writer.UInt32BigEndian(NfTables.NFTA_NAT_TYPE, NfTables.NFT_NAT_DNAT);
        _writer.UInt32BigEndian(NfTables.NFTA_NAT_FAMILY, (uint)family);
        Register(NfTables.NFTA_NAT_REG_ADDR_MIN, address);
        Register(NfTables.NFTA_NAT_REG_PROTO_MIN, port);
        return this;
    }

    /// <summary>Gives the connection the address of the interface that it leaves by as its source.</summary>
    public RuleWriter Masquerade()
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("masq");
        return this;
    }

    /// <summary>Lets the packet through, as far as this table goes.</summary>
    public RuleWriter Accept() => Verdict(Nftables.Verdict.Accept);

    /// <summary>Drops the packet.</summary>
    public RuleWriter Drop() => Verdict(Nftables.Verdict.Drop);

    /// <summary>Goes back to the chain that jumped here, or to the policy.</summary>
    public RuleWriter Return() => Verdict(Nftables.Verdict.Return);

    /// <summary>Goes through another chain, and on with the next rule unless that decides.</summary>
    public RuleWriter Jump(string chain) => Verdict(Nftables.Verdict.Jump(chain));

    /// <summary>Goes through another chain instead of the rest of this one.</summary>
    public RuleWriter Goto(string chain) => Verdict(Nftables.Verdict.Goto(chain));

    private RuleWriter Verdict(Verdict verdict)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("immediate");
        _writer.UInt32BigEndian(NfTables.NFTA_IMMEDIATE_DREG, NfTables.NFT_REG_VERDICT);
        using NetlinkWriter.Nest value = _writer.Nested(NfTables.NFTA_IMMEDIATE_DATA);
        verdict.Write(_writer);
        return this;
    }

    private RuleWriter Compare(int comparison, ReadOnlySpan<byte> value, int register)
    {
        using NetlinkWriter.Nest item = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        using NetlinkWriter.Nest data = Begin("cmp");
        Register(NfTables.NFTA_CMP_SREG, register);
        _writer.UInt32BigEndian(NfTables.NFTA_CMP_OP, (uint)comparison);
        Value(NfTables.NFTA_CMP_DATA, value);
        return this;
    }

    private NetlinkWriter.Nest Begin(string expression)
    {
        _writer.Text(NfTables.NFTA_EXPR_NAME, expression);
        return _writer.Nested(NfTables.NFTA_EXPR_DATA);
    }

    private void Register(int attribute, int register) =>
        _writer.UInt32BigEndian(attribute, (uint)(NfTables.NFT_REG32_00 + register));

    private void Value(int attribute, ReadOnlySpan<byte> bytes)
    {
        using NetlinkWriter.Nest data = _writer.Nested(attribute);
        _writer.Bytes(NfTables.NFTA_DATA_VALUE, bytes);
    }
}
