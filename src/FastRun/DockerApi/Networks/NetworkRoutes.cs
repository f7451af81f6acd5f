using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Containers;
using FastRun.Documents;
using FastRun.Engine.Filters;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Addresses;
using FastRun.Layers;

namespace FastRun.DockerApi.Networks;

/// <summary>The requests of <c>/networks</c> (Engine API, Network...).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class NetworkRoutes(StateLayout layout)
{
    /// <summary>The only scope of networks: that of one machine.</summary>
    private const string LocalScope = "local";

    private readonly ManageNetworks _networks = new(layout);

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("GET", [_]) => ListAsync(exchange),
        ("POST", [_, "create"]) => CreateAsync(exchange),
        ("POST", [_, "prune"]) => PruneAsync(exchange),
        ("GET", [_, var name]) => InspectAsync(exchange, name),
        ("DELETE", [_, var name]) => RemoveAsync(exchange, name),
        ("POST", [_, var name, "connect"]) => ConnectAsync(exchange, name),
        ("POST", [_, var name, "disconnect"]) => DisconnectAsync(exchange, name),
        _ => null,
    };

    private Task ListAsync(ApiExchange exchange)
    {
        JsonArray list = [];
        foreach (Network network in _networks.List(exchange.Filters()))
        {
            // Since 1.28 the list has no containers.
            list.Add((JsonNode)NetworkDocument.Of(exchange.Version < new ApiVersion(28) ? _networks.Inspect(network.Id) : new NetworkDetails(network, [])));
        }

        return exchange.AnswerAsync(200, list);
    }

    private Task InspectAsync(ApiExchange exchange, string name)
    {
        NetworkDetails details = _networks.Inspect(name);
        if (exchange.Query("scope") is { Length: > 0 } scope && scope != LocalScope)
        {
            throw new ApiException(404, $"network {name} not found");
        }

        JsonObject document = NetworkDocument.Of(details);
        if (exchange.Version >= new ApiVersion(52))
        {
            document["Status"] = NetworkStatus.Of(details);
        }

        return exchange.AnswerAsync(200, document);
    }

    private async Task CreateAsync(ApiExchange exchange)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        JsonElement ipam = body.Object("IPAM");
        foreach (string name in (string[])["Ingress", "ConfigOnly"])
        {
            if (body.Flag(name))
            {
                throw ApiException.NotImplemented($"networks with {name} are not supported");
            }
        }

        if (body.Object("ConfigFrom").Text("Network") is { } source)
        {
            throw ApiException.NotImplemented($"networks with the configuration of another one ({source}) are not supported");
        }

        if (ipam.Map("Options").Count > 0)
        {
            throw ApiException.NotImplemented("options of the IPAM driver are not supported");
        }

        if (body.Text("Scope") is { } scope and not LocalScope)
        {
            throw ApiException.NotImplemented($"networks of the scope {scope} are not supported");
        }

        if (ipam.Text("Driver") is { } driver and not "default")
        {
            throw ApiException.NotImplemented($"the IPAM driver {driver} is not supported");
        }

        Network network = _networks.Create(new NetworkCreateRequest
        {
            Name = body.Text("Name") ?? "",
            Driver = body.Text("Driver") ?? Network.BridgeDriver,
            Internal = body.Flag("Internal"),
            Attachable = body.Flag("Attachable"),
            EnableIPv4 = exchange.Version < new ApiVersion(48) || body.Value("EnableIPv4") is null || body.Flag("EnableIPv4"),
            EnableIPv6 = body.Flag("EnableIPv6"),
            Subnets = Subnets(ipam),
            Labels = body.Map("Labels"),
            Options = body.Map("Options"),
        });
        await exchange.AnswerAsync(201, new JsonObject { ["Id"] = network.Id, ["Warning"] = "" });
    }

    private static List<NetworkSubnet> Subnets(JsonElement ipam)
    {
        List<NetworkSubnet> subnets = [];
        foreach (JsonElement config in ipam.Objects("Config"))
        {
            subnets.Add(new NetworkSubnet
            {
                Subnet = config.Text("Subnet") ?? "",
                Gateway = config.Text("Gateway") ?? "",
                IPRange = config.Text("IPRange") ?? "",
                AuxAddresses = config.Map("AuxiliaryAddresses"),
            });
        }

        return subnets;
    }

    private Task RemoveAsync(ApiExchange exchange, string name)
    {
        _networks.Remove(name, force: false);
        return exchange.AnswerAsync(204);
    }

    private async Task ConnectAsync(ApiExchange exchange, string name)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        string container = body.Text("Container") ?? throw ApiException.Invalid("a container is needed");
        new ConnectNetwork(layout).Connect(container, NetworkingBody.Endpoint(name, body.Object("EndpointConfig"), exchange.Version));
        await exchange.AnswerAsync(200);
    }

    private async Task DisconnectAsync(ApiExchange exchange, string name)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        string container = body.Text("Container") ?? throw ApiException.Invalid("a container is needed");
        new ConnectNetwork(layout).Disconnect(name, container, body.Flag("Force"));
        await exchange.AnswerAsync(200);
    }

    private Task PruneAsync(ApiExchange exchange)
    {
        FilterTerms filters = exchange.Filters();
        PrunedNetworks pruned = _networks.Prune(filters.Without("until"), ApiTime.Until(filters));
        return exchange.AnswerAsync(200, new JsonObject { ["NetworksDeleted"] = pruned.Names.Count == 0 ? null : JsonFields.ToArray(pruned.Names) });
    }
}
