using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Engine.Networks;

/// <summary>What a request asks for in networks, with the defaults put in.</summary>
public static class RequestedNetworks
{
    /// <summary>The request with the name of the default network where it says none.</summary>
    /// <exception cref="Errors.EngineException">The configuration cannot be read.</exception>
    internal static ContainerCreateRequest Resolve(ContainerCreateRequest request)
    {
        if (request.Network is { } mode && mode != NetworkMode.Default)
        {
            return request;
        }

        string name = NetworkConfiguration.DefaultNetwork();
        List<EndpointRequest> endpoints = [];
        foreach (EndpointRequest endpoint in request.Endpoints)
        {
            endpoints.Add(endpoint.Network == NetworkMode.Default ? endpoint with { Network = name } : endpoint);
        }

        return request with { Network = name, Endpoints = endpoints };
    }

    /// <summary>The names of the networks that a container is to be in, or its mode where that is no network.</summary>
    public static IReadOnlyList<string> NamesOf(ContainerCreateRequest request)
    {
        string mode = ModeOf(request);
        if (!NetworkMode.IsBridge(mode))
        {
            return NetworkMode.SharedContainer(mode) is null ? [mode] : [];
        }

        List<string> names = [];
        foreach (EndpointRequest endpoint in EndpointsOf(request))
        {
            names.Add(endpoint.Network);
        }

        return names;
    }

    /// <summary>The mode of a container; one that an older release made has no network.</summary>
    internal static string ModeOf(ContainerCreateRequest request) => request.Network ?? BuiltInNetworks.None;

    /// <summary>What it asks for in the CNI network that is its mode.</summary>
    internal static EndpointRequest CniEndpointOf(ContainerCreateRequest request) =>
        request.Endpoints.Count > 0 ? request.Endpoints[0] : new EndpointRequest { Network = ModeOf(request) };

    /// <summary>Its end in each network; the first is the way out. None for modes that are no network.</summary>
    internal static IReadOnlyList<EndpointRequest> EndpointsOf(ContainerCreateRequest request) =>
        !NetworkMode.IsBridge(ModeOf(request)) ? []
        : request.Endpoints.Count > 0 ? request.Endpoints
        : [new EndpointRequest { Network = ModeOf(request) }];
}
