using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Filters;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks;

/// <summary>What can be done with networks: make, find, list, remove, prune.</summary>
public sealed class ManageNetworks(StateLayout layout)
{
    private readonly NetworkStore _store = new(layout);

    /// <summary>Makes a network. Its bridge is made when it is first used.</summary>
    /// <exception cref="EngineException">A value is invalid, or the name or the subnet is taken.</exception>
    public Network Create(NetworkCreateRequest request)
    {
        Network network = _store.Create(request);
        NetworkEvents.Note(layout, network, "create");
        return network;
    }

    /// <summary>A network and the containers that are in it now.</summary>
    /// <param name="nameOrId">Its name, its id or the beginning of its id.</param>
    /// <exception cref="EngineException">There is none, or more than one.</exception>
    public NetworkDetails Inspect(string nameOrId) => EngineErrors.Translated(() =>
    {
        Network network = _store.Find(nameOrId);
        return new NetworkDetails(network, Endpoints(network));
    });

    /// <summary>The networks that filters let through, by name.</summary>
    /// <exception cref="EngineException">A filter is none, or a record cannot be read.</exception>
    public IReadOnlyList<Network> List(FilterTerms filters) => EngineErrors.Translated<IReadOnlyList<Network>>(() =>
    {
        filters.RequireKnown("dangling", "driver", "id", "label", "name", "scope", "type");
        List<Network> found = [];
        bool? dangling = filters.Flag("dangling");
        foreach (Network network in _store.List())
        {
            if (Matches(network, filters) && (dangling is null || dangling == IsDangling(network)))
            {
                found.Add(network);
            }
        }

        found.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    });

    /// <summary>Removes a network.</summary>
    /// <param name="nameOrId">Its name, its id or the beginning of its id.</param>
    /// <param name="force">Whether it is no failure that there is none.</param>
    /// <exception cref="EngineException">There is none, or it is in use.</exception>
    public void Remove(string nameOrId, bool force) => EngineErrors.Translated(() =>
    {
        try
        {
            Remove(_store.Find(nameOrId));
        }
        catch (EngineException exception) when (force && exception.Kind == ErrorKind.NotFound)
        {
            // What was asked for is so.
        }

        return 0;
    });

    /// <summary>Removes the networks that nobody uses.</summary>
    /// <param name="filters">Which of them: <c>label</c>, <c>label!</c>.</param>
    /// <param name="until">Only what was made before; null for all.</param>
    /// <exception cref="EngineException">One could not be removed.</exception>
    public PrunedNetworks Prune(FilterTerms filters, DateTimeOffset? until) => EngineErrors.Translated(() =>
    {
        filters.RequireKnown("label", "label!");
        List<string> removed = [];
        foreach (Network network in _store.List())
        {
            if (BuiltInNetworks.Contains(network.Name) || !filters.MatchesLabels(network.Labels) || network.CreatedAt >= until)
            {
                continue;
            }

            try
            {
                Remove(network);
                removed.Add(network.Name);
            }
            catch (EngineException exception) when (exception.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                // Somebody uses it, or removed it.
            }
        }

        NetworkEvents.NotePrune(layout);
        return new PrunedNetworks(removed);
    });

    private void Remove(Network network)
    {
        _store.Remove(network, () => TakeDown(network));
        NetworkEvents.Note(layout, network, "destroy");
    }

    /// <summary>Takes away what the network has in this boot, unless somebody uses it. Called while nobody can begin to.</summary>
    private void TakeDown(Network network)
    {
        using FileLock? held = ActiveNetwork.TryExclude(layout, network.Id, out bool isActive);
        if (held is null && isActive)
        {
            throw new EngineException(
                ErrorKind.Conflict, $"error while removing network: network {network.Name} has active endpoints{Names(network)}");
        }

        if (isActive)
        {
            NetworkGarbage.RemoveLeases(layout, network.Id);
        }

        BridgeInterface.Remove(network);
        if (isActive && network.IsBridge)
        {
            using NetworkFirewall firewall = FirewallState.Open(layout);
            firewall.RemoveNetwork(FirewallState.Of(network));
        }

        TreeRemoval.Delete(null, layout.RunningNetwork(network.Id));
    }

    private string Names(Network network)
    {
        List<string> names = [];
        foreach (NetworkEndpointSummary endpoint in Endpoints(network))
        {
            names.Add($"name:\"{endpoint.ContainerName}\" id:\"{ShortId.Of(endpoint.ContainerId)}\"");
        }

        return names.Count == 0 ? "" : $" ({string.Join(", ", names)})";
    }

    private List<NetworkEndpointSummary> Endpoints(Network network)
    {
        List<NetworkEndpointSummary> endpoints = [];
        foreach (LeaseRecord lease in NetworkLeases.Of(layout, network.Id))
        {
            endpoints.Add(NetworkEndpointSummary.Of(network, lease));
        }

        return endpoints;
    }

    private bool IsDangling(Network network) =>
        !BuiltInNetworks.Contains(network.Name) && NetworkLeases.Of(layout, network.Id).Count == 0;

    private static bool Matches(Network network, FilterTerms filters) =>
        (filters.Values("driver").Count == 0 || Contains(filters.Values("driver"), network.Driver))
        && filters.Matches("id", network.Id)
        && filters.Matches("name", network.Name)
        && (filters.Values("scope").Count == 0 || Contains(filters.Values("scope"), "local"))
        && MatchesType(network, filters.Values("type"))
        && filters.MatchesLabels(network.Labels);

    private static bool MatchesType(Network network, IReadOnlyList<string> types)
    {
        bool matches = types.Count == 0;
        foreach (string type in types)
        {
            matches |= type switch
            {
                "builtin" => BuiltInNetworks.Contains(network.Name),
                "custom" => !BuiltInNetworks.Contains(network.Name),
                _ => throw EngineException.Invalid($"invalid filter: 'type'='{type}'"),
            };
        }

        return matches;
    }

    private static bool Contains(IReadOnlyList<string> values, string value)
    {
        foreach (string each in values)
        {
            if (each == value)
            {
                return true;
            }
        }

        return false;
    }
}
