using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks;

/// <summary>What killed commands left of networks: addresses that nobody holds, names that lead nowhere, bridges without a network.</summary>
internal static class NetworkGarbage
{
    /// <summary>Removes all of it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="failures">Takes a line for each network whose remains could not be removed.</param>
    internal static void Collect(StateLayout layout, List<string> failures)
    {
        NetworkStore store = new(layout);
        store.Sweep();
        foreach (string id in NetworkLeases.Networks(layout))
        {
            try
            {
                RemoveLeases(layout, id);
                if (!store.Exists(id))
                {
                    RemoveRunning(layout, store, id);
                }
            }
            catch (System.Exception exception) when (EngineErrors.Translate(exception) is { } failure)
            {
                failures.Add($"network {ShortId.Of(id)}: cannot be removed: {failure.Message}");
            }
        }
    }

    /// <summary>Removes the leases of a network that nobody holds, and what they name.</summary>
    internal static void RemoveLeases(StateLayout layout, string id) => NetworkLeases.RemoveStale(layout, id, lease => FirewallState.Dismiss(layout, lease));

    /// <summary>What a network has in this boot whose record is gone. Nobody makes a network meanwhile.</summary>
    private static void RemoveRunning(StateLayout layout, NetworkStore store, string id)
    {
        FileAt.MakeDirectories(null, layout.Networks, 0b_111_000_000);
        using FileLock turn = FileLock.Acquire(null, layout.NetworksLock, FileLockMode.Exclusive);
        using FileLock? held = ActiveNetwork.TryExclude(layout, id, out bool isActive);
        if (store.Exists(id) || held is null && isActive)
        {
            return;
        }

        if (held is not null && NetworkFormat.Decode(FileContent.ReadAll(held.File, NetworkFormat.Largest)) is { } network)
        {
            BridgeInterface.Remove(network);
            if (network.IsBridge)
            {
                using NetworkFirewall firewall = FirewallState.Open(layout);
                firewall.RemoveNetwork(FirewallState.Of(network));
            }
        }

        TreeRemoval.Delete(null, layout.RunningNetwork(id));
    }
}
