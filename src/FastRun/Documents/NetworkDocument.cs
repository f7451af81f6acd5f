using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Documents;

/// <summary>A network as <c>docker network inspect</c> shows it (Engine API, Network).</summary>
internal static class NetworkDocument
{
    internal static JsonObject Of(NetworkDetails details)
    {
        Network network = details.Network;
        return new JsonObject
        {
            [nameof(Network.Name)] = network.Name,
            ["Id"] = network.Id,
            ["Created"] = network.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
            ["Scope"] = "local",
            ["Driver"] = network.Driver,
            ["EnableIPv4"] = network.EnableIPv4,
            ["EnableIPv6"] = network.EnableIPv6,
            ["IPAM"] = new JsonObject
            {
                ["Driver"] = "default",
                ["Options"] = null,
                ["Config"] = Subnets(network),
            },
            ["Internal"] = network.Internal,
            ["Attachable"] = network.Attachable,
            ["Ingress"] = false,
            ["ConfigFrom"] = new JsonObject { ["Network"] = "" },
            ["ConfigOnly"] = false,
            ["Containers"] = Containers(details.Endpoints),
            ["Options"] = Map(network.Options),
            ["Labels"] = Map(network.Labels),
        };
    }

    private static JsonArray Subnets(Network network)
    {
        var subnets = new JsonArray();
        foreach (NetworkSubnet subnet in network.Subnets)
        {
            var config = new JsonObject { ["Subnet"] = subnet.Subnet };
            if (subnet.IPRange.Length > 0)
            {
                config["IPRange"] = subnet.IPRange;
            }

            config["Gateway"] = subnet.Gateway;
            if (subnet.AuxAddresses.Count > 0)
            {
                config["AuxiliaryAddresses"] = Map(subnet.AuxAddresses);
            }

            subnets.Add((JsonNode)config);
        }

        return subnets;
    }

    private static JsonObject Containers(IReadOnlyList<NetworkEndpointSummary> endpoints)
    {
        var containers = new JsonObject();
        foreach (NetworkEndpointSummary endpoint in endpoints)
        {
            containers[endpoint.ContainerId] = new JsonObject
            {
                ["Name"] = endpoint.ContainerName,
                ["EndpointID"] = endpoint.EndpointId,
                ["MacAddress"] = endpoint.MacAddress,
                ["IPv4Address"] = Cidr(endpoint.IPv4, endpoint.IPv4PrefixLength),
                ["IPv6Address"] = Cidr(endpoint.IPv6, endpoint.IPv6PrefixLength),
            };
        }

        return containers;
    }

    private static string Cidr(string address, int length) =>
        address.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{address}/{length}");

    private static JsonObject Map(IReadOnlyDictionary<string, string> pairs)
    {
        var map = new JsonObject();
        foreach ((string key, string value) in pairs)
        {
            map[key] = value;
        }

        return map;
    }
}
