using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Networks;

/// <summary>Connects containers to networks, and takes them out again: at once where they run, else from their next start.</summary>
public sealed class ConnectNetwork(StateLayout layout)
{
    private readonly NetworkStore _networks = new(layout);
    private readonly ContainerStore _containers = new(layout);

    /// <summary>Connects a container.</summary>
    /// <param name="container">The container's name or id.</param>
    /// <param name="endpoint">The network, and what is asked for there.</param>
    /// <returns>What the user should know of the host.</returns>
    /// <exception cref="EngineException">One of the two is not there, or they cannot be connected.</exception>
    public IReadOnlyList<string> Connect(string container, EndpointRequest endpoint) => EngineErrors.Translated(() =>
    {
        IReadOnlyList<string> warnings = [];
        Network network = _networks.Find(endpoint.Network);
        RequireEndpoints(network);
        RequestValidation.CheckEndpoint(endpoint with { Network = network.Name });
        Container found = _containers.Find(container);
        _containers.Change(found.Id, record =>
        {
            RequireOwnNetwork(record.Request);
            List<EndpointRequest> endpoints = [.. RequestedNetworks.EndpointsOf(record.Request)];
            if (endpoints.Exists(each => IsOf(network, each)))
            {
                throw new EngineException(
                    ErrorKind.PermissionDenied, $"endpoint with name {record.Name} already exists in network {network.Name}");
            }

            endpoints.Add(endpoint with { Network = network.Name });
            if (found.IsRunning)
            {
                warnings = Tell(record, FrameType.Connect, EndpointRequestFormat.Encode(endpoint with { Network = network.Name }));
            }

            return With(record, endpoints);
        });
        return warnings;
    });

    /// <summary>Takes a container out of a network.</summary>
    /// <param name="network">The network's name or id.</param>
    /// <param name="container">The container's name or id.</param>
    /// <param name="force">Whether a container that is gone may have left an end there: here none does, which is said of the end.</param>
    /// <returns>What the user should know of the host.</returns>
    /// <exception cref="EngineException">One of the two is not there, or they are not connected.</exception>
    public IReadOnlyList<string> Disconnect(string network, string container, bool force = false) => EngineErrors.Translated(() =>
    {
        IReadOnlyList<string> warnings = [];
        Network from = _networks.Find(network);
        RequireEndpoints(from);
        Container found = FindEnd(container, force);
        _containers.Change(found.Id, record =>
        {
            List<EndpointRequest> endpoints = [.. RequestedNetworks.EndpointsOf(record.Request)];
            if (endpoints.RemoveAll(each => IsOf(from, each)) == 0)
            {
                throw new EngineException(
                    ErrorKind.NotFound, $"container {record.Id} is not connected to network {from.Name}");
            }

            if (found.IsRunning)
            {
                warnings = Tell(record, FrameType.Disconnect, System.Text.Encoding.UTF8.GetBytes(from.Id));
            }

            return With(record, endpoints);
        });
        return warnings;
    });

    private Container FindEnd(string container, bool force)
    {
        try
        {
            return _containers.Find(container);
        }
        catch (EngineException failure) when (force && failure.Kind == ErrorKind.NotFound)
        {
            throw new EngineException(ErrorKind.NotFound, $"endpoint {container} not found", failure);
        }
    }

    private static ContainerRecord With(ContainerRecord record, List<EndpointRequest> endpoints) => record with
    {
        Request = record.Request with
        {
            Network = endpoints.Count == 0 ? BuiltInNetworks.None : endpoints[0].Network,
            Endpoints = endpoints,
        },
    };

    private static bool IsOf(Network network, EndpointRequest endpoint) =>
        endpoint.Network == network.Name || (endpoint.Network.Length >= 12 && network.Id.StartsWith(endpoint.Network, System.StringComparison.Ordinal));

    private static void RequireEndpoints(Network network)
    {
        if (!network.HasEndpoints)
        {
            throw EngineException.Invalid(network.Name == BuiltInNetworks.Host
                ? "container cannot be disconnected from host network or connected to host network"
                : "container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }
    }

    private static void RequireOwnNetwork(ContainerCreateRequest request)
    {
        string mode = RequestedNetworks.ModeOf(request);
        if (NetworkMode.CniNetwork(mode) is not null)
        {
            throw EngineException.Invalid("a container in a CNI network cannot be connected to any other network");
        }

        if (mode == BuiltInNetworks.Host || NetworkMode.SharedContainer(mode) is not null)
        {
            throw EngineException.Invalid(
                "container sharing network namespace with another container or host cannot be connected to any other network");
        }
    }

    /// <summary>Its supervisor holds its addresses, so it is the one to claim them.</summary>
    private IReadOnlyList<string> Tell(ContainerRecord record, FrameType type, byte[] payload)
    {
        using AttachClient supervisor = AttachClient.TryConnect(layout, record, AttachStreams.None) ?? throw new EngineException(
            ErrorKind.Conflict,
            $"container {record.Name}: the command that runs it in the foreground cannot be told of networks",
            hint: "start it with run -d, or give it all its networks with --network");
        return supervisor.Ask(type, payload);
    }
}
