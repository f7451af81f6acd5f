using System;
using System.Collections.Generic;
using FastRun.Native.Interop;
using FastRun.Native.Netlink;

namespace FastRun.Native.Nftables;

/// <summary>The ruleset of the network namespace that the opening thread was in. One thread at a time.</summary>
public sealed partial class NftablesSocket : IDisposable
{
    private readonly NetlinkSocket _socket;

    private NftablesSocket(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <exception cref="SyscallException">EPROTONOSUPPORT where the kernel has no nfnetlink.</exception>
    public static NftablesSocket Open() => new(NetlinkSocket.Open(NetlinkProtocol.Netfilter));

    /// <summary>Carries a transaction out.</summary>
    /// <exception cref="SyscallException">
    /// Nothing of it was done: ENOENT where a table, chain, set or element is missing, EEXIST where an element is there, EOPNOTSUPP
    /// where the kernel lacks the family or a kind of expression, EINVAL where it has no nf_tables, EPERM without CAP_NET_ADMIN.
    /// </exception>
    public void Execute(NftablesBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _socket.Execute(batch.Finish());
    }

    /// <summary>As <see cref="Execute"/>, where an error is expected.</summary>
    /// <returns>What was wrong with it; <see cref="Errno.None"/> where it was carried out.</returns>
    public Errno TryExecute(NftablesBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _socket.TryExecute(batch.Finish(), out NetlinkError error) ? Errno.None : error.Errno;
    }

    /// <summary>As <see cref="TryExecute(NftablesBatch)"/>.</summary>
    /// <param name="batch">The transaction.</param>
    /// <param name="failure">What <see cref="Execute"/> would have thrown.</param>
    public Errno TryExecute(NftablesBatch batch, out SyscallException? failure)
    {
        ArgumentNullException.ThrowIfNull(batch);
        NetlinkWriter requests = batch.Finish();
        failure = _socket.TryExecute(requests, out NetlinkError error) ? null : error.ToException(requests);
        return error.Errno;
    }

    /// <summary>The bytes that a table was made with; null where there is no such table, empty where it has none.</summary>
    /// <exception cref="SyscallException">The kernel has no nf_tables, or does not say.</exception>
    public byte[]? UserDataOf(NftablesTable table)
    {
        using NetlinkWriter request = new(256);
        Ask(request, NfTables.NFT_MSG_GETTABLE, NetlinkFlags.None, table.Family, table.Name);
        request.Text(NfTables.NFTA_TABLE_NAME, table.Name);
        try
        {
            byte[] data = [];
            foreach (NetlinkMessage message in _socket.Query(request))
            {
                foreach (NetlinkAttribute attribute in message.Attributes<struct_nfgenmsg>())
                {
                    data = attribute.Type == NfTables.NFTA_TABLE_USERDATA ? attribute.Payload.ToArray() : data;
                }
            }

            return data;
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    /// <summary>The chains of a family that sit at a hook.</summary>
    /// <exception cref="SyscallException">The kernel does not say; EINTR where the ruleset changed meanwhile.</exception>
    public IReadOnlyList<BaseChain> BaseChains(TableFamily family)
    {
        using NetlinkWriter request = new(256);
        Ask(request, NfTables.NFT_MSG_GETCHAIN, NetlinkFlags.Dump, family, "chains");
        List<BaseChain> chains = [];
        foreach (NetlinkMessage message in _socket.Query(request))
        {
            if (ReadChain(message, family) is { } chain)
            {
                chains.Add(chain);
            }
        }

        return chains;
    }

    /// <summary>The keys of a set or map, as <see cref="ElementValue"/> lays them out; empty where there is no such set.</summary>
    /// <exception cref="SyscallException">The kernel does not say; EINTR where the ruleset changed meanwhile.</exception>
    public IReadOnlyList<byte[]> Keys(NftablesTable table, string set)
    {
        List<byte[]> keys = [];
        foreach ((byte[] key, _) in Elements(table, set))
        {
            keys.Add(key);
        }

        return keys;
    }

    /// <summary>The elements of a map with their data; empty where there is no such map.</summary>
    /// <exception cref="SyscallException">The kernel does not say; EINTR where the ruleset changed meanwhile.</exception>
    public IReadOnlyList<(byte[] Key, byte[] Data)> Elements(NftablesTable table, string set)
    {
        using NetlinkWriter request = new(256);
        AskElements(request, NetlinkFlags.Dump, table, set);
        return ReadElements(request) ?? [];
    }

    /// <summary>The elements of a set with the packets that rules counted in each (<see cref="RuleWriter.CountIn"/>); empty where there is no such set.</summary>
    /// <exception cref="SyscallException">The kernel does not say; EINTR where the ruleset changed meanwhile.</exception>
    public IReadOnlyList<(byte[] Key, ulong Packets)> Counts(NftablesTable table, string set)
    {
        using NetlinkWriter request = new(256);
        AskElements(request, NetlinkFlags.Dump, table, set);
        List<(byte[] Key, ulong Packets)> counts = [];
        try
        {
            foreach (NetlinkMessage message in _socket.Query(request))
            {
                foreach (NetlinkAttribute attribute in message.Attributes<struct_nfgenmsg>())
                {
                    if (attribute.Type == NfTables.NFTA_SET_ELEM_LIST_ELEMENTS)
                    {
                        ReadCounts(attribute, counts);
                    }
                }
            }
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ENOENT)
        {
            return [];
        }

        return counts;
    }

    /// <summary>What a map has for a key, as <see cref="ElementValue"/> lays it out; null where it has nothing, or there is no such map.</summary>
    /// <exception cref="SyscallException">The kernel does not say.</exception>
    public byte[]? DataOf(NftablesTable table, string map, ElementValue key)
    {
        ArgumentNullException.ThrowIfNull(key);
        using NetlinkWriter request = new(256);
        AskElements(request, NetlinkFlags.None, table, map);
        using (NetlinkWriter.Nest list = request.Nested(NfTables.NFTA_SET_ELEM_LIST_ELEMENTS))
        using (NetlinkWriter.Nest element = request.Nested(NfTables.NFTA_LIST_ELEM))
        using (NetlinkWriter.Nest value = request.Nested(NfTables.NFTA_SET_ELEM_KEY))
        {
            request.Bytes(NfTables.NFTA_DATA_VALUE, key.Bytes);
        }

        return ReadElements(request) is [(_, { } data)] ? data : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private List<(byte[] Key, byte[] Data)>? ReadElements(NetlinkWriter request)
    {
        List<(byte[] Key, byte[] Data)> elements = [];
        try
        {
            foreach (NetlinkMessage message in _socket.Query(request))
            {
                foreach (NetlinkAttribute attribute in message.Attributes<struct_nfgenmsg>())
                {
                    if (attribute.Type == NfTables.NFTA_SET_ELEM_LIST_ELEMENTS)
                    {
                        ReadElements(attribute, elements);
                    }
                }
            }
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ENOENT)
        {
            return null;
        }

        return elements;
    }

    private static void AskElements(NetlinkWriter request, NetlinkFlags flags, NftablesTable table, string set)
    {
        Ask(request, NfTables.NFT_MSG_GETSETELEM, flags, table.Family, set);
        request.Text(NfTables.NFTA_SET_ELEM_LIST_TABLE, table.Name);
        request.Text(NfTables.NFTA_SET_ELEM_LIST_SET, set);
    }

    private static void Ask(NetlinkWriter request, int message, NetlinkFlags flags, TableFamily family, string subject)
    {
        request.Begin((Nfnetlink.NFNL_SUBSYS_NFTABLES << 8) | message, flags, "nft list", subject);
        request.Header(new struct_nfgenmsg { nfgen_family = (byte)family, version = Nfnetlink.NFNETLINK_V0 });
    }

    private static BaseChain? ReadChain(NetlinkMessage message, TableFamily family)
    {
        (string table, string name, string type) = ("", "", "");
        (HookPoint point, int priority, bool isBase, bool drops) = (default, 0, false, false);
        foreach (NetlinkAttribute attribute in message.Attributes<struct_nfgenmsg>())
        {
            switch (attribute.Type)
            {
                case NfTables.NFTA_CHAIN_TABLE:
                    table = attribute.Text;
                    break;
                case NfTables.NFTA_CHAIN_NAME:
                    name = attribute.Text;
                    break;
                case NfTables.NFTA_CHAIN_TYPE:
                    type = attribute.Text;
                    break;
                case NfTables.NFTA_CHAIN_POLICY:
                    drops = attribute.UInt32BigEndian == Nfnetlink.NF_DROP;
                    break;
                case NfTables.NFTA_CHAIN_HOOK:
                    isBase = true;
                    (point, priority) = ReadHook(attribute);
                    break;
            }
        }

        return isBase ? new BaseChain(new NftablesTable(family, table), name, new ChainHook(type, point, priority, drops)) : null;
    }

    private static (HookPoint Point, int Priority) ReadHook(NetlinkAttribute hook)
    {
        (HookPoint point, int priority) = (default, 0);
        foreach (NetlinkAttribute attribute in hook.Nested)
        {
            switch (attribute.Type)
            {
                case NfTables.NFTA_HOOK_HOOKNUM:
                    point = (HookPoint)attribute.UInt32BigEndian;
                    break;
                case NfTables.NFTA_HOOK_PRIORITY:
                    priority = unchecked((int)attribute.UInt32BigEndian);
                    break;
            }
        }

        return (point, priority);
    }

    private static void ReadElements(NetlinkAttribute list, List<(byte[] Key, byte[] Data)> elements)
    {
        foreach (NetlinkAttribute element in list.Nested)
        {
            (byte[] key, byte[] data) = ([], []);
            foreach (NetlinkAttribute attribute in element.Nested)
            {
                switch (attribute.Type)
                {
                    case NfTables.NFTA_SET_ELEM_KEY:
                        key = ReadValue(attribute);
                        break;
                    case NfTables.NFTA_SET_ELEM_DATA:
                        data = ReadValue(attribute);
                        break;
                }
            }

            elements.Add((key, data));
        }
    }

    private static void ReadCounts(NetlinkAttribute list, List<(byte[] Key, ulong Packets)> counts)
    {
        foreach (NetlinkAttribute element in list.Nested)
        {
            (byte[] key, ulong packets) = ([], 0);
            foreach (NetlinkAttribute attribute in element.Nested)
            {
                switch (attribute.Type)
                {
                    case NfTables.NFTA_SET_ELEM_KEY:
                        key = ReadValue(attribute);
                        break;
                    case NfTables.NFTA_SET_ELEM_EXPR:
                        packets = ReadPackets(attribute);
                        break;
                }
            }

            counts.Add((key, packets));
        }
    }

    private static ulong ReadPackets(NetlinkAttribute expression)
    {
        foreach (NetlinkAttribute attribute in expression.Nested)
        {
            if (attribute.Type != NfTables.NFTA_EXPR_DATA)
            {
                continue;
            }

            foreach (NetlinkAttribute counter in attribute.Nested)
            {
                if (counter.Type == NfTables.NFTA_COUNTER_PACKETS)
                {
                    return counter.UInt64BigEndian;
                }
            }
        }

        return 0;
    }

    private static byte[] ReadValue(NetlinkAttribute data)
    {
        foreach (NetlinkAttribute attribute in data.Nested)
        {
            if (attribute.Type == NfTables.NFTA_DATA_VALUE)
            {
                return attribute.Payload.ToArray();
            }
        }

        return [];
    }
}
