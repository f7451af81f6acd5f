using System;
using System.Buffers.Binary;
using FastRun.Native.Interop;
using FastRun.Native.Netlink;

namespace FastRun.Native.Nftables;

/// <summary>
/// One transaction: all of it comes to pass, or nothing (nfnetlink's batches). What is added and there already is left as it
/// is, but for elements of a map with other data, which fail with EEXIST or EBUSY.
/// </summary>
public sealed class NftablesBatch : IDisposable
{
    private readonly NetlinkWriter _writer = new();
    private uint _sets;
    private bool _ended;

    /// <summary>Begins one.</summary>
    public NftablesBatch() => Mark(Nfnetlink.NFNL_MSG_BATCH_BEGIN, "nf_tables");

    /// <summary>Adds a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="userData">Bytes that the kernel keeps with it where it is new; at most 256.</param>
    public void AddTable(NftablesTable table, ReadOnlySpan<byte> userData = default)
    {
        Begin(NfTables.NFT_MSG_NEWTABLE, NetlinkFlags.Create, table, "nft add table");
        _writer.Text(NfTables.NFTA_TABLE_NAME, table.Name);
        if (!userData.IsEmpty)
        {
            _writer.Bytes(NfTables.NFTA_TABLE_USERDATA, userData);
        }
    }

    /// <summary>Removes a table and all in it; ENOENT where there is none.</summary>
    public void DeleteTable(NftablesTable table)
    {
        Begin(NfTables.NFT_MSG_DELTABLE, NetlinkFlags.None, table, "nft delete table");
        _writer.Text(NfTables.NFTA_TABLE_NAME, table.Name);
    }

    /// <summary>Adds a chain; one without a hook is only gone through when a rule jumps there.</summary>
    /// <param name="table">The table.</param>
    /// <param name="chain">Its name.</param>
    /// <param name="hook">Where it sits.</param>
    /// <param name="exclusive">Whether one that is there already is an error, EEXIST.</param>
    public void AddChain(NftablesTable table, string chain, ChainHook? hook = null, bool exclusive = false)
    {
        Begin(NfTables.NFT_MSG_NEWCHAIN, NetlinkFlags.Create | (exclusive ? NetlinkFlags.Exclusive : 0), table, "nft add chain", chain);
        _writer.Text(NfTables.NFTA_CHAIN_TABLE, table.Name);
        _writer.Text(NfTables.NFTA_CHAIN_NAME, chain);
        if (hook is not { } at)
        {
            return;
        }

        using (NetlinkWriter.Nest nest = _writer.Nested(NfTables.NFTA_CHAIN_HOOK))
        {
            _writer.UInt32BigEndian(NfTables.NFTA_HOOK_HOOKNUM, (uint)at.Point);
            _writer.UInt32BigEndian(NfTables.NFTA_HOOK_PRIORITY, unchecked((uint)at.Priority));
        }

        _writer.UInt32BigEndian(NfTables.NFTA_CHAIN_POLICY, at.Drops ? Nfnetlink.NF_DROP : (uint)Nfnetlink.NF_ACCEPT);
        _writer.Text(NfTables.NFTA_CHAIN_TYPE, at.Type);
    }

    /// <summary>Removes a chain with its rules, to which nothing leads any more; ENOENT where there is none.</summary>
    public void DeleteChain(NftablesTable table, string chain)
    {
        Begin(NfTables.NFT_MSG_DELCHAIN, NetlinkFlags.None, table, "nft delete chain", chain);
        _writer.Text(NfTables.NFTA_CHAIN_TABLE, table.Name);
        _writer.Text(NfTables.NFTA_CHAIN_NAME, chain);
    }

    /// <summary>Removes a set or map that no rule uses; ENOENT where there is none.</summary>
    public void DeleteSet(NftablesTable table, string set)
    {
        Begin(NfTables.NFT_MSG_DELSET, NetlinkFlags.None, table, "nft delete set", set);
        _writer.Text(NfTables.NFTA_SET_TABLE, table.Name);
        _writer.Text(NfTables.NFTA_SET_NAME, set);
    }

    /// <summary>Removes the rules of a chain.</summary>
    public void FlushChain(NftablesTable table, string chain)
    {
        Begin(NfTables.NFT_MSG_DELRULE, NetlinkFlags.None, table, "nft flush chain", chain);
        _writer.Text(NfTables.NFTA_RULE_TABLE, table.Name);
        _writer.Text(NfTables.NFTA_RULE_CHAIN, chain);
    }

    /// <summary>Adds a rule at the end of a chain.</summary>
    public void AddRule(NftablesTable table, string chain, Action<RuleWriter> expressions)
    {
        ArgumentNullException.ThrowIfNull(expressions);
        Begin(NfTables.NFT_MSG_NEWRULE, NetlinkFlags.Create | NetlinkFlags.Append, table, "nft add rule", chain);
        _writer.Text(NfTables.NFTA_RULE_TABLE, table.Name);
        _writer.Text(NfTables.NFTA_RULE_CHAIN, chain);
        using NetlinkWriter.Nest nest = _writer.Nested(NfTables.NFTA_RULE_EXPRESSIONS);
        expressions(new RuleWriter(_writer));
    }

    /// <summary>Adds a set or map.</summary>
    public void AddSet(NftablesTable table, SetDefinition set)
    {
        ArgumentNullException.ThrowIfNull(set);
        bool isMap = set.IsVerdictMap || set.Data.Length != 0;
        Begin(NfTables.NFT_MSG_NEWSET, NetlinkFlags.Create, table, "nft add set", set.Name);
        _writer.Text(NfTables.NFTA_SET_TABLE, table.Name);
        _writer.Text(NfTables.NFTA_SET_NAME, set.Name);
        _writer.UInt32BigEndian(
            NfTables.NFTA_SET_FLAGS,
            (isMap ? NfTables.NFT_SET_MAP : 0u) | (set.HasIntervals ? NfTables.NFT_SET_INTERVAL : 0u)
                | (set.HasTimeouts ? NfTables.NFT_SET_TIMEOUT : 0u) | (set.IsFilledByRules ? NfTables.NFT_SET_EVAL : 0u));
        _writer.UInt32BigEndian(NfTables.NFTA_SET_KEY_TYPE, FieldTypes.Number(set.Key));
        _writer.UInt32BigEndian(NfTables.NFTA_SET_KEY_LEN, (uint)FieldTypes.Length(set.Key));
        if (set.IsVerdictMap)
        {
            _writer.UInt32BigEndian(NfTables.NFTA_SET_DATA_TYPE, NfTables.NFT_DATA_VERDICT);
        }
        else if (isMap)
        {
            _writer.UInt32BigEndian(NfTables.NFTA_SET_DATA_TYPE, FieldTypes.Number(set.Data));
            _writer.UInt32BigEndian(NfTables.NFTA_SET_DATA_LEN, (uint)FieldTypes.Length(set.Data));
        }

        if (set.Size > 0)
        {
            using NetlinkWriter.Nest description = _writer.Nested(NfTables.NFTA_SET_DESC);
            _writer.UInt32BigEndian(NfTables.NFTA_SET_DESC_SIZE, set.Size);
        }

        _writer.UInt32BigEndian(NfTables.NFTA_SET_ID, ++_sets);
        if (set.Key is [var field])
        {
            // For nft, which needs to know the order of bytes to print a name or a number (libnftnl/udata.h).
            bool isHostOrder = field is FieldType.InterfaceName or FieldType.InterfaceGroup;
            _writer.Bytes(NfTables.NFTA_SET_USERDATA, [0, sizeof(uint), .. BitConverter.GetBytes(isHostOrder ? 1 : 2)]);
        }
    }

    /// <summary>Adds an element.</summary>
    /// <param name="table">The table.</param>
    /// <param name="set">The set or map.</param>
    /// <param name="key">Its key.</param>
    /// <param name="data">Its data; null for a set's.</param>
    /// <param name="exclusive">Whether one that is there already is an error, EEXIST.</param>
    public void AddElement(NftablesTable table, string set, ElementValue key, ElementValue? data = null, bool exclusive = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        BeginElement(NfTables.NFT_MSG_NEWSETELEM, NetlinkFlags.Create | (exclusive ? NetlinkFlags.Exclusive : 0), table, "nft add element", set);
        using NetlinkWriter.Nest list = _writer.Nested(NfTables.NFTA_SET_ELEM_LIST_ELEMENTS);
        using NetlinkWriter.Nest element = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        Value(NfTables.NFTA_SET_ELEM_KEY, key.Bytes);
        if (data is not null)
        {
            Value(NfTables.NFTA_SET_ELEM_DATA, data.Bytes);
        }
    }

    /// <summary>Adds an element that goes by itself; one that is there keeps its time.</summary>
    public void AddElement(NftablesTable table, string set, ElementValue key, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(key);
        BeginElement(NfTables.NFT_MSG_NEWSETELEM, NetlinkFlags.Create, table, "nft add element", set);
        using NetlinkWriter.Nest list = _writer.Nested(NfTables.NFTA_SET_ELEM_LIST_ELEMENTS);
        using NetlinkWriter.Nest element = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        Value(NfTables.NFTA_SET_ELEM_KEY, key.Bytes);
        _writer.UInt64BigEndian(NfTables.NFTA_SET_ELEM_TIMEOUT, (ulong)lifetime.TotalMilliseconds);
    }

    /// <summary>Adds an element of a verdict map.</summary>
    public void AddElement(NftablesTable table, string map, ElementValue key, Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(key);
        BeginElement(NfTables.NFT_MSG_NEWSETELEM, NetlinkFlags.Create, table, "nft add element", map);
        using NetlinkWriter.Nest list = _writer.Nested(NfTables.NFTA_SET_ELEM_LIST_ELEMENTS);
        using NetlinkWriter.Nest element = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        Value(NfTables.NFTA_SET_ELEM_KEY, key.Bytes);
        using NetlinkWriter.Nest data = _writer.Nested(NfTables.NFTA_SET_ELEM_DATA);
        verdict.Write(_writer);
    }

    /// <summary>Adds a range to a set with intervals, which has one field.</summary>
    /// <param name="table">The table.</param>
    /// <param name="set">The set.</param>
    /// <param name="first">The first value in the range.</param>
    /// <param name="next">The first value behind it.</param>
    public void AddRange(NftablesTable table, string set, ElementValue first, ElementValue next)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(next);
        BeginElement(NfTables.NFT_MSG_NEWSETELEM, NetlinkFlags.Create, table, "nft add element", set);
        using NetlinkWriter.Nest list = _writer.Nested(NfTables.NFTA_SET_ELEM_LIST_ELEMENTS);
        using (NetlinkWriter.Nest element = _writer.Nested(NfTables.NFTA_LIST_ELEM))
        {
            Value(NfTables.NFTA_SET_ELEM_KEY, first.Bytes);
        }

        using (NetlinkWriter.Nest end = _writer.Nested(NfTables.NFTA_LIST_ELEM))
        {
            Value(NfTables.NFTA_SET_ELEM_KEY, next.Bytes);
            _writer.UInt32BigEndian(NfTables.NFTA_SET_ELEM_FLAGS, NfTables.NFT_SET_ELEM_INTERVAL_END);
        }
    }

    /// <summary>Removes an element; ENOENT where there is none.</summary>
    public void DeleteElement(NftablesTable table, string set, ElementValue key)
    {
        ArgumentNullException.ThrowIfNull(key);
        BeginElement(NfTables.NFT_MSG_DELSETELEM, NetlinkFlags.None, table, "nft delete element", set);
        using NetlinkWriter.Nest list = _writer.Nested(NfTables.NFTA_SET_ELEM_LIST_ELEMENTS);
        using NetlinkWriter.Nest element = _writer.Nested(NfTables.NFTA_LIST_ELEM);
        Value(NfTables.NFTA_SET_ELEM_KEY, key.Bytes);
    }

    /// <summary>The requests, whole. Nothing can be added any more.</summary>
    internal NetlinkWriter Finish()
    {
        if (!_ended)
        {
            // Errors are told unasked. The last request's success is told once the transaction has come to pass.
            _ended = true;
            _writer.AcknowledgeLast();
            Mark(Nfnetlink.NFNL_MSG_BATCH_END, "nf_tables");
        }

        return _writer;
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Mark(ushort type, string operation)
    {
        _writer.Begin(type, NetlinkFlags.None, operation, "transaction");
        _writer.Header(new struct_nfgenmsg
        {
            nfgen_family = Nfnetlink.NFPROTO_UNSPEC,
            version = Nfnetlink.NFNETLINK_V0,
            res_id = BitConverter.IsLittleEndian
                ? BinaryPrimitives.ReverseEndianness((ushort)Nfnetlink.NFNL_SUBSYS_NFTABLES)
                : (ushort)Nfnetlink.NFNL_SUBSYS_NFTABLES,
        });
    }

    private void Begin(int message, NetlinkFlags flags, NftablesTable table, string operation, string? subject = null)
    {
        _writer.Begin((Nfnetlink.NFNL_SUBSYS_NFTABLES << 8) | message, flags, operation, subject ?? table.Name);
        _writer.Header(new struct_nfgenmsg { nfgen_family = (byte)table.Family, version = Nfnetlink.NFNETLINK_V0 });
    }

    private void BeginElement(int message, NetlinkFlags flags, NftablesTable table, string operation, string set)
    {
        Begin(message, flags, table, operation, set);
        _writer.Text(NfTables.NFTA_SET_ELEM_LIST_TABLE, table.Name);
        _writer.Text(NfTables.NFTA_SET_ELEM_LIST_SET, set);
    }

    private void Value(int attribute, ReadOnlySpan<byte> bytes)
    {
        using NetlinkWriter.Nest data = _writer.Nested(attribute);
        _writer.Bytes(NfTables.NFTA_DATA_VALUE, bytes);
    }
}
