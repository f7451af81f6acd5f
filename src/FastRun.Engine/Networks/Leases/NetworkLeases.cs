using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Networks.Addresses;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Leases;

/// <summary>The leases of networks as others see them. Takes no lock, which a claimer could stumble over.</summary>
internal static class NetworkLeases
{
    /// <summary>The containers that are in a network now.</summary>
    internal static List<LeaseRecord> Of(StateLayout layout, string networkId) => Of(layout, networkId, HeldLocks.Read());

    /// <summary>The leases of all networks.</summary>
    internal static List<LeaseRecord> All(StateLayout layout)
    {
        List<LeaseRecord> all = [];
        HeldLocks? locks = null;
        foreach (string id in Networks(layout))
        {
            all.AddRange(Of(layout, id, locks ??= HeldLocks.Read()));
        }

        return all;
    }

    /// <summary>The ids of the networks that have something in this boot.</summary>
    internal static IEnumerable<string> Networks(StateLayout layout)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.RunningNetworks))
        {
            if (State.Sandbox.IsId(entry.Text))
            {
                yield return entry.Text;
            }
        }
    }

    /// <summary>Removes the files whose holders were killed; returns what they said, for whoever removes what that names.</summary>
    /// <param name="layout">Where leases are.</param>
    /// <param name="networkId">The network.</param>
    /// <param name="remove">Removes what a stale lease names, before its file goes.</param>
    internal static void RemoveStale(StateLayout layout, string networkId, Action<LeaseRecord> remove)
    {
        string directory = layout.RunningNetwork(networkId);
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, directory))
        {
            if (!IsAddress(entry.Text))
            {
                continue;
            }

            string path = Path.Combine(directory, entry.Text);
            using FileLock? held = FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out _);
            if (held is null)
            {
                continue;
            }

            if (LeaseFormat.Decode(FileContent.ReadAll(held.File, LeaseFormat.Largest)) is { } stale)
            {
                remove(stale);
            }

            FileAt.TryUnlink(null, path);
        }
    }

    private static List<LeaseRecord> Of(StateLayout layout, string networkId, HeldLocks locks)
    {
        List<LeaseRecord> leases = [];
        string directory = layout.RunningNetwork(networkId);
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, directory))
        {
            if (IsAddress(entry.Text) && TryRead(Path.Combine(directory, entry.Text), locks) is { } lease)
            {
                leases.Add(lease);
            }
        }

        leases.Sort(static (a, b) => string.CompareOrdinal(a.ContainerId, b.ContainerId));
        return leases;
    }

    private static LeaseRecord? TryRead(string path, HeldLocks locks)
    {
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, ResolveFlags.None, out _);
        return file is not null && locks.Count(FileAt.Stat(file)) > 0
            ? LeaseFormat.Decode(FileContent.ReadAll(file, LeaseFormat.Largest))
            : null;
    }

    private static bool IsAddress(string name) => Subnet.TryParseAddress(name, out _);
}
