using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Egress;

/// <summary>
/// What the name server tells the owner of a confined container: <c>NAME</c> for one that it refused, <c>ADDRESS NAME</c> for what it
/// answered, a line each, once. The file lies beside the container's record; a name server that takes over goes on writing it.
/// </summary>
internal static class EgressNotes
{
    /// <summary>What the file's name ends with, behind that of the record.</summary>
    internal const string Suffix = ".egress";

    /// <summary>The most bytes of it: names are the container's own words.</summary>
    internal const int Largest = 128 * 1024;

    /// <summary>The most names that a report lists.</summary>
    internal const int MostNames = 256;

    private const int OwnerOnly = 0b_110_000_000;

    /// <summary>Opens the file, and makes it where it is not there; null where that cannot be.</summary>
    internal static Fd? TryOpen(string path) => FileAt.TryOpen(
        null, path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow, OwnerOnly, ResolveFlags.None, out _);

    /// <summary>Adds a line; what has no room is left out, and a last empty line says so.</summary>
    internal static bool TryAdd(Fd file, string line)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line + "\n");
        bool fits = FileAt.Stat(file).Size + bytes.Length < Largest;
        FileContent.Write(file, fits ? bytes : "\n"u8);
        return fits;
    }

    /// <summary>The lines; none where it cannot be read.</summary>
    internal static IReadOnlyList<string> TryRead(Fd? file)
    {
        if (file is null)
        {
            return [];
        }

        try
        {
            FileContent.Seek(file, 0);
            return Encoding.ASCII.GetString(FileContent.ReadAll(file, 2 * Largest)).Split('\n')[..^1];
        }
        catch (SyscallException)
        {
            return [];
        }
    }

    /// <summary>What there is to tell of a run.</summary>
    internal static EgressRefusals Refusals(EgressPolicy policy, List<RefusedDestination> refused, IReadOnlyList<string> notes)
    {
        Dictionary<IPAddress, string> names = [];
        List<string> refusedNames = [];
        bool isPartial = false;
        foreach (string note in notes)
        {
            int space = note.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && IPAddress.TryParse(note.AsSpan(0, space), out IPAddress? address))
            {
                names.TryAdd(address, note[(space + 1)..]);
            }
            else if (note.Length > 0 && refusedNames.Count < MostNames && !refusedNames.Contains(note))
            {
                refusedNames.Add(note);
            }
            else
            {
                isPartial |= note.Length == 0 || refusedNames.Count >= MostNames;
            }
        }

        // From several networks to one destination.
        Dictionary<(IPAddress, byte, ushort), RefusedDestination> merged = [];
        foreach (RefusedDestination each in refused)
        {
            var key = (each.Address, each.Protocol, each.Port);
            ulong before = merged.TryGetValue(key, out RefusedDestination? same) ? same.Packets : 0;
            merged[key] = each with { Packets = each.Packets + before, Name = names.GetValueOrDefault(each.Address) };
        }

        List<RefusedDestination> destinations = [.. merged.Values];

        destinations.Sort(Compare);
        refusedNames.Sort(StringComparer.Ordinal);
        return new EgressRefusals(policy.Texts, destinations, refusedNames, isPartial || refused.Count >= EgressRuleset.MostRefusals);
    }

    private static int Compare(RefusedDestination a, RefusedDestination b)
    {
        Span<byte> first = stackalloc byte[16];
        Span<byte> second = stackalloc byte[16];
        a.Address.TryWriteBytes(first, out int firstLength);
        b.Address.TryWriteBytes(second, out int secondLength);
        int order = firstLength != secondLength ? firstLength.CompareTo(secondLength) : first[..firstLength].SequenceCompareTo(second[..secondLength]);
        return order != 0 ? order : (a.Protocol, a.Port).CompareTo((b.Protocol, b.Port));
    }
}
