using System.Collections.Generic;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;

namespace FastRun.Engine.Events;

/// <summary>Notes what happens to networks, in Docker's words (Engine API, SystemEvents).</summary>
internal static class NetworkEvents
{
    /// <summary>Notes <c>create</c> or <c>destroy</c>.</summary>
    internal static void Note(StateLayout layout, Network network, string action) => EventJournal.Append(
        layout, EventType.Network, action, network.Id, new Dictionary<string, string> { ["name"] = network.Name, ["type"] = network.Driver });

    /// <summary>Notes <c>connect</c> or <c>disconnect</c>. A sandbox without a name is nobody's business.</summary>
    internal static void Note(StateLayout layout, LeaseRecord lease, string driver, string action)
    {
        if (lease.ContainerName.Length > 0)
        {
            EventJournal.Append(layout, EventType.Network, action, lease.NetworkId, new Dictionary<string, string>
            {
                ["container"] = lease.ContainerId,
                ["name"] = lease.NetworkName,
                ["type"] = driver,
            });
        }
    }

    /// <summary>Notes a prune.</summary>
    internal static void NotePrune(StateLayout layout) =>
        EventJournal.Append(layout, EventType.Network, "prune", "", new Dictionary<string, string> { ["reclaimed"] = "0" });
}
