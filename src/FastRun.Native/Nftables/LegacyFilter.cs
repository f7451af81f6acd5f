using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Nftables;

/// <summary>
/// The table <c>filter</c> of ip_tables and ip6_tables, the firewalls before nf_tables (<c>iptables-legacy</c>), of which nf_tables knows
/// nothing. The kernel's layout of it is fixed (linux/netfilter_ipv4/ip_tables.h, linux/netfilter_ipv6/ip6_tables.h).
/// </summary>
public sealed unsafe class LegacyFilter
{
    // IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES of those headers, with the same numbers in both; IPPROTO_RAW of linux/in.h.
    private const int GetInfo = 64;
    private const int GetEntries = 65;
    private const int RawProtocol = 255;

    // struct ipt_getinfo: name, valid_hooks, hook_entry[5], underflow[5], num_entries, size.
    private const int InfoSize = 84;
    private const int EntryOffset = 36;
    private const int UnderflowOffset = 56;
    private const int SizeOffset = 80;

    // struct ipt_get_entries before its entries.
    private const int EntriesHeader = 40;

    private const int NameSize = 16;
    private const int NameMasks = 2 * NameSize;

    // struct xt_entry_target: size, name, revision; behind it a standard target's verdict.
    private const int TargetName = 2;
    private const int VerdictOffset = 32;
    private const int DropVerdict = -Nfnetlink.NF_DROP - 1;
    private const int AcceptVerdict = -Nfnetlink.NF_ACCEPT - 1;
    private const int LargestTable = 64 << 20;

    private readonly Layout _layout;
    private readonly byte[] _entries;

    private LegacyFilter(Layout layout, byte[] entries) => (_layout, _entries) = (layout, entries);

    /// <summary>Whether its chain FORWARD drops what no rule with a condition decides: by its policy, or by a rule before that.</summary>
    public bool DropsForwarded { get; private init; }

    /// <summary>
    /// The one of the network namespace of the calling thread; null where there is none. Asking for one that is not there would make it, so the
    /// kernel's list is read first.
    /// </summary>
    /// <param name="isIPv6">Whether that of ip6_tables.</param>
    public static LegacyFilter? Read(bool isIPv6)
    {
        byte[]? names = FileContent.TryReadAll(null, isIPv6 ? "/proc/thread-self/net/ip6_tables_names" : "/proc/thread-self/net/ip_tables_names", 4096);
        return names is not null && Array.IndexOf(Encoding.ASCII.GetString(names).Split('\n'), "filter") >= 0
            ? ReadTable(isIPv6 ? Layout.IPv6 : Layout.IPv4)
            : null;
    }

    /// <summary>Whether a rule is about an interface, by its name or a beginning of it.</summary>
    public bool Mentions(string interfaceName)
    {
        Span<byte> name = stackalloc byte[NameSize];
        name.Clear();
        Encoding.UTF8.GetBytes(interfaceName.AsSpan(0, Math.Min(interfaceName.Length, NameSize - 1)), name);
        for (int at = 0; at + _layout.EntrySize <= _entries.Length; at = Next(at))
        {
            ReadOnlySpan<byte> names = _entries.AsSpan(at + _layout.InputName);
            if (IsAbout(names, name) || IsAbout(names[NameSize..], name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it has a chain of a name.</summary>
    public bool HasChain(string name) => _entries.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name + '\0')) >= 0;

    private static bool IsAbout(ReadOnlySpan<byte> rule, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> mask = rule[NameMasks..];
        if (rule[0] == 0 || mask[0] == 0)
        {
            return false;
        }

        for (int i = 0; i < NameSize; i++)
        {
            if ((name[i] & mask[i]) != (rule[i] & mask[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static LegacyFilter? ReadTable(Layout layout)
    {
        nint result = Kernel.fast_syscall(Sys.socket, layout.Family, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, RawProtocol, 0, 0, 0);
        if (result < 0)
        {
            return null;
        }

        using Fd socket = new((int)result);
        Span<byte> info = stackalloc byte[InfoSize];
        info.Clear();
        "filter"u8.CopyTo(info);
        if (!TryGet(socket, layout, GetInfo, info))
        {
            return null;
        }

        int size = MemoryMarshal.Read<int>(info[SizeOffset..]);
        int first = MemoryMarshal.Read<int>(info[(EntryOffset + (Nfnetlink.NF_INET_FORWARD * sizeof(int)))..]);
        int policy = MemoryMarshal.Read<int>(info[(UnderflowOffset + (Nfnetlink.NF_INET_FORWARD * sizeof(int)))..]);
        if (size is <= 0 or > LargestTable || first < 0 || policy < first || policy + layout.EntrySize > size)
        {
            return null;
        }

        byte[] table = new byte[EntriesHeader + size];
        "filter"u8.CopyTo(table);
        MemoryMarshal.Write(table.AsSpan(32), size);

        // Null where it changed meanwhile.
        return TryGet(socket, layout, GetEntries, table) ? Parse(layout, table[EntriesHeader..], first) : null;
    }

    private static LegacyFilter Parse(Layout layout, byte[] entries, int first)
    {
        LegacyFilter filter = new(layout, entries);
        return new LegacyFilter(layout, entries) { DropsForwarded = UnconditionalRule.Follow(filter.RulesAt, Text(first)) == ChainEnd.Drops };
    }

    /// <summary>
    /// The rules without a condition from an entry on, up to the one that ends the chain: chains are known by where they begin. The policy is
    /// the last rule of a chain at a hook, a return that of any other.
    /// </summary>
    private List<UnconditionalRule> RulesAt(string chain)
    {
        List<UnconditionalRule> rules = [];
        for (int at = int.Parse(chain, CultureInfo.InvariantCulture); at + _layout.EntrySize <= _entries.Length; at = Next(at))
        {
            if (!IsUnconditional(at) || Decision(at) is not { } rule)
            {
                continue;
            }

            rules.Add(rule);
            if (!rule.ComesBack)
            {
                break;
            }
        }

        return rules;
    }

    /// <summary>What a rule decides; null where its target only does something and the packet goes on.</summary>
    private UnconditionalRule? Decision(int at)
    {
        ReadOnlySpan<byte> target = _entries.AsSpan(Math.Min(at + TargetOf(at), _entries.Length));
        if (target.Length < VerdictOffset + sizeof(int))
        {
            return new UnconditionalRule(ChainEnd.Continues);
        }

        ReadOnlySpan<byte> name = target[TargetName..];
        name = name[..name.IndexOf((byte)0)];
        if (!name.IsEmpty)
        {
            return name.SequenceEqual("REJECT"u8) ? new UnconditionalRule(ChainEnd.Drops) : null;
        }

        return BinaryPrimitives.ReadInt32LittleEndian(target[VerdictOffset..]) switch
        {
            DropVerdict => new UnconditionalRule(ChainEnd.Drops),
            AcceptVerdict => new UnconditionalRule(ChainEnd.Accepts),
            var jump and >= 0 => new UnconditionalRule(ChainEnd.Continues, Text(jump), ComesBack: true),

            // RETURN, and QUEUE.
            _ => new UnconditionalRule(ChainEnd.Continues),
        };
    }

    private bool IsUnconditional(int at) =>
        TargetOf(at) == _layout.EntrySize && _entries.AsSpan(at, _layout.ConditionSize).IndexOfAnyExcept((byte)0) < 0;

    private int TargetOf(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_entries.AsSpan(at + _layout.TargetOffset));

    private int Next(int at)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_entries.AsSpan(at + _layout.TargetOffset + sizeof(ushort)));
        return length >= _layout.EntrySize ? at + length : _entries.Length;
    }

    private static string Text(int offset) => offset.ToString(CultureInfo.InvariantCulture);

    private static bool TryGet(Fd socket, Layout layout, int option, Span<byte> value)
    {
        int length = value.Length;
        fixed (byte* at = value)
        {
            return Kernel.fast_syscall(Sys.getsockopt, socket.Number, layout.Level, option, (nint)at, (nint)(&length), 0) >= 0;
        }
    }

    /// <summary>What differs between the two families.</summary>
    /// <param name="Family">Of the socket.</param>
    /// <param name="Level">Of its options.</param>
    /// <param name="InputName">Where in an entry the names of the interfaces are, with their masks behind.</param>
    /// <param name="ConditionSize">Of struct ipt_ip or ip6t_ip6, which an entry begins with.</param>
    /// <param name="TargetOffset">Where target_offset is; next_offset is behind it.</param>
    /// <param name="EntrySize">Of struct ipt_entry or ip6t_entry.</param>
    private sealed record Layout(int Family, int Level, int InputName, int ConditionSize, int TargetOffset, int EntrySize)
    {
        internal static Layout IPv4 { get; } = new(Socket.AF_INET, Inet.IPPROTO_IP, 16, 84, 88, 112);

        internal static Layout IPv6 { get; } = new(Socket.AF_INET6, Inet.IPPROTO_IPV6, 64, 136, 140, 168);
    }
}
