using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;

namespace FastRun.Engine.Networks.Names;

/// <summary>Reads the names in a network from its record and the leases in it.</summary>
internal sealed class LeaseReader(StateLayout layout)
{
    private readonly NetworkStore _store = new(layout);

    /// <summary>The names; null where the network is gone or cannot be read: then nobody is in it.</summary>
    internal NetworkNames? TryRead(string networkId)
    {
        try
        {
            return Read(networkId);
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            return null;
        }
    }

    private NetworkNames? Read(string networkId)
    {
        if (_store.TryRead(networkId) is not { } network)
        {
            return null;
        }

        List<NamedEndpoint> endpoints = [];
        foreach (LeaseRecord lease in NetworkLeases.Of(layout, networkId))
        {
            endpoints.Add(NamedEndpoint.Of(lease));
        }

        return new NetworkNames(network.Name, network.Internal, network.ResolvesNames, endpoints);
    }
}
