using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Firewall;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks;

/// <summary>
/// A network that this process uses: the shared lock on <c>/run/fastrun/networks/&lt;id&gt;/network</c> keeps it from being removed.
/// Its bridge is made by the first who uses it in a boot.
/// </summary>
internal sealed class ActiveNetwork : IDisposable
{
    /// <summary>The file with the lock, and with what a start needs.</summary>
    internal const string FileName = "network";

    private const int OwnerOnly = 0b_111_000_000;
    private const int MostRounds = 100;

    private readonly FileLock _use;

    private ActiveNetwork(Network network, FileLock use, IReadOnlyList<string> warnings) => (Network, _use, Warnings) = (network, use, warnings);

    /// <summary>The network.</summary>
    internal Network Network { get; }

    /// <summary>What is in its way on this host; looked for by who makes its bridge.</summary>
    internal IReadOnlyList<string> Warnings { get; }

    /// <summary>Opens a network, and makes its bridge where that is not there.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="nameOrId">Its name, or its id or the beginning of that.</param>
    /// <exception cref="EngineException">There is no such network, or the kernel cannot have it.</exception>
    internal static ActiveNetwork Open(StateLayout layout, string nameOrId)
    {
        NetworkStore store = new(layout);
        string id = store.TryReadName(nameOrId) ?? store.Find(nameOrId).Id;
        string path = Path.Combine(layout.RunningNetwork(id), FileName);
        IReadOnlyList<string> warnings = [];
        for (int round = 0; round < MostRounds; round++)
        {
            // Only a removal locks out users, and for a moment.
            FileLock? use = FileLock.TryAcquireTarget(null, path, FileLockMode.Shared, out _, out Errno errno)
                ?? (errno == Errno.EAGAIN ? FileLock.AcquireTarget(null, path, FileLockMode.Shared, out _, out errno) : null);
            if (use is null)
            {
                if (errno != Errno.ENOENT)
                {
                    throw new SyscallException("openat2", errno, path);
                }

                warnings = Activate(layout, store, id, nameOrId);
                continue;
            }

            if (NetworkFormat.Decode(FileContent.ReadAll(use.File, NetworkFormat.Largest)) is { } network)
            {
                return new ActiveNetwork(network, use, warnings);
            }

            // Another release wrote it, or somebody is writing it now.
            use.Dispose();
            warnings = Activate(layout, store, id, nameOrId);
        }

        throw new EngineException(ErrorKind.Conflict, $"network {nameOrId} is being changed by others");
    }

    /// <summary>Makes the bridge again, which somebody has removed.</summary>
    internal void Restore(StateLayout layout) => Activate(layout, new NetworkStore(layout), Network.Id, Network.Name);

    /// <summary>Keeps others from beginning to use a network; null where somebody uses it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="id">The network.</param>
    /// <param name="isActive">Whether it was used in this boot.</param>
    internal static FileLock? TryExclude(StateLayout layout, string id, out bool isActive)
    {
        FileLock? held = FileLock.TryAcquireTarget(
            null, Path.Combine(layout.RunningNetwork(id), FileName), FileLockMode.Exclusive, out _, out Errno errno);
        isActive = errno != Errno.ENOENT;
        return held;
    }

    /// <inheritdoc/>
    public void Dispose() => _use.Dispose();

    /// <summary>With the lock of those who make and remove networks, so that no bridge is made for one that goes.</summary>
    private static List<string> Activate(StateLayout layout, NetworkStore store, string id, string name)
    {
        FileCreationMask.Clear();
        using FileLock turn = FileLock.Acquire(null, layout.NetworksLock, FileLockMode.Exclusive);
        Network network = store.TryRead(id) ?? throw NetworkStore.NotFound(name);
        if (network.IsBridge)
        {
            BridgeInterface.Ensure(network);
            using NetworkFirewall firewall = FirewallState.Open(layout);
            firewall.AddNetwork(FirewallState.Of(network));
        }
        else
        {
            ParentInterface.Ensure(network);
        }

        FileAt.MakeDirectories(null, layout.RunningNetwork(id), OwnerOnly);
        string path = Path.Combine(layout.RunningNetwork(id), FileName);
        if (FileAt.TryStat(null, path, out _) == Errno.ENOENT)
        {
            AtomicFile.WriteVolatile(path, NetworkFormat.Encode(network));
        }
        else if (NetworkFormat.Decode(FileContent.TryReadAll(null, path, NetworkFormat.Largest)) is null)
        {
            // In its place: the containers of another release hold their locks on this file.
            using Fd file = FileAt.Open(null, path, OpenFlags.Write | OpenFlags.Truncate | OpenFlags.NoFollow);
            FileContent.Write(file, NetworkFormat.Encode(network));
        }

        return ForeignFirewall.Warnings(network);
    }
}
