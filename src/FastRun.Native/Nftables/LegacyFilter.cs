using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Nftables;

/// <summary>
/// The table <c>filter</c> of ip_tables, the firewall before nf_tables (<c>iptables-legacy</c>), of which nf_tables knows nothing. The
/// kernel's layout of it is fixed (linux/netfilter_ipv4/ip_tables.h).
/// </summary>
public sealed unsafe class LegacyFilter
{
    // IPT_SO_GET_INFO and IPT_SO_GET_ENTRIES of that header, IPPROTO_RAW of linux/in.h.
    private const int GetInfo = 64;
    private const int GetEntries = 65;
    private const int RawProtocol = 255;

    // struct ipt_getinfo: name, valid_hooks, hook_entry[5], underflow[5], num_entries, size.
    private const int InfoSize = 84;
    private const int UnderflowOffset = 56;
    private const int SizeOffset = 80;

    // struct ipt_get_entries before its entries.
    private const int EntriesHeader = 40;

    // struct ipt_entry: ipt_ip, nfcache, target_offset, next_offset, comefrom, counters.
    private const int EntrySize = 112;
    private const int TargetOffset = 88;
    private const int NextOffset = 90;
    private const int NameSize = 16;
    private const int InputName = 16;
    private const int NameMasks = 2 * NameSize;
    private const int VerdictOffset = 32;
    private const int DropVerdict = -1;
    private const int LargestTable = 64 << 20;

    private readonly byte[] _entries;

    private LegacyFilter(bool drops, byte[] entries) => (DropsForwarded, _entries) = (drops, entries);

    /// <summary>Whether the policy of its chain FORWARD is to drop.</summary>
    public bool DropsForwarded { get; }

    /// <summary>
    /// The one of the network namespace of this process; null where there is none. Asking for one that is not there would make it, so the
    /// kernel's list is read first.
    /// </summary>
    public static LegacyFilter? Read()
    {
        byte[]? names = FileContent.TryReadAll(null, "/proc/net/ip_tables_names", 4096);
        return names is not null && Array.IndexOf(Encoding.ASCII.GetString(names).Split('\n'), "filter") >= 0 ? ReadTable() : null;
    }

    /// <summary>Whether a rule is about an interface, by its name or a beginning of it.</summary>
    public bool Mentions(string interfaceName)
    {
        Span<byte> name = stackalloc byte[NameSize];
        name.Clear();
        Encoding.UTF8.GetBytes(interfaceName.AsSpan(0, Math.Min(interfaceName.Length, NameSize - 1)), name);
        for (int at = 0; at + EntrySize <= _entries.Length;)
        {
            ReadOnlySpan<byte> entry = _entries.AsSpan(at);
            if (IsAbout(entry[InputName..], name) || IsAbout(entry[(InputName + NameSize)..], name))
            {
                return true;
            }

            int next = BinaryPrimitives.ReadUInt16LittleEndian(entry[NextOffset..]);
            at += next >= EntrySize ? next : _entries.Length;
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

    private static LegacyFilter? ReadTable()
    {
        nint result = Kernel.fast_syscall(
            Sys.socket, Socket.AF_INET, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, RawProtocol, 0, 0, 0);
        if (result < 0)
        {
            return null;
        }

        using Fd socket = new((int)result);
        Span<byte> info = stackalloc byte[InfoSize];
        info.Clear();
        "filter"u8.CopyTo(info);
        if (!TryGet(socket, GetInfo, info))
        {
            return null;
        }

        int size = MemoryMarshal.Read<int>(info[SizeOffset..]);
        int underflow = MemoryMarshal.Read<int>(info[(UnderflowOffset + Nfnetlink.NF_INET_FORWARD * sizeof(int))..]);
        if (size is <= 0 or > LargestTable || underflow < 0 || underflow + EntrySize > size)
        {
            return null;
        }

        byte[] table = new byte[EntriesHeader + size];
        "filter"u8.CopyTo(table);
        MemoryMarshal.Write(table.AsSpan(32), size);
        if (!TryGet(socket, GetEntries, table))
        {
            // It changed meanwhile.
            return null;
        }

        byte[] entries = table[EntriesHeader..];
        int verdict = underflow + BinaryPrimitives.ReadUInt16LittleEndian(entries.AsSpan(underflow + TargetOffset)) + VerdictOffset;
        return verdict + sizeof(int) <= size
            ? new LegacyFilter(BinaryPrimitives.ReadInt32LittleEndian(entries.AsSpan(verdict)) == DropVerdict, entries)
            : null;
    }

    private static bool TryGet(Fd socket, int option, Span<byte> value)
    {
        int length = value.Length;
        fixed (byte* at = value)
        {
            return Kernel.fast_syscall(Sys.getsockopt, socket.Number, Inet.IPPROTO_IP, option, (nint)at, (nint)(&length), 0) >= 0;
        }
    }
}
