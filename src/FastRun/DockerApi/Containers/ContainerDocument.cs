using System.Text.Json.Nodes;
using FastRun.Engine.Containers.Inspection;
using FastRun.Engine.Networks;
using FastRun.Layers.References;

namespace FastRun.DockerApi.Containers;

/// <summary>A container as each version of the API shows it (moby's api/docs/CHANGELOG.md, <c>GET /containers/{id}/json</c>).</summary>
internal static class ContainerDocument
{
    /// <summary>What went in 1.52: the same things of the default network, beside Networks.</summary>
    private static readonly string[] s_dropped =
    [
        "Bridge", "EndpointID", "Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPAddress", "IPPrefixLen", "IPv6Gateway", "MacAddress",
    ];

    internal static JsonObject Of(InspectedContainer container, ApiVersion version)
    {
        JsonObject document = JsonNode.Parse(InspectContainer.ToJson(container))!.AsObject();
        JsonObject network = document["NetworkSettings"]!.AsObject();
        if (version >= new ApiVersion(52))
        {
            foreach (string name in s_dropped)
            {
                network.Remove(name);
            }

            JsonObject config = document["Config"]!.AsObject();
            if (config["OnBuild"] is null)
            {
                config.Remove("OnBuild");
            }
        }
        else
        {
            network["HairpinMode"] = false;
            network["LinkLocalIPv6Address"] = "";
            network["LinkLocalIPv6PrefixLen"] = 0;
            network["SecondaryIPAddresses"] = null;
            network["SecondaryIPv6Addresses"] = null;
        }

        if (version < new ApiVersion(45))
        {
            AddShortId(network["Networks"]!.AsObject(), container);
        }

        return document;
    }

    /// <summary>The short id and the host name, which were among the aliases before there were DNSNames.</summary>
    private static void AddShortId(JsonObject networks, InspectedContainer container)
    {
        foreach ((string name, JsonNode? endpoint) in networks)
        {
            if (!NetworkMode.IsUserDefined(name))
            {
                continue;
            }

            JsonArray aliases = endpoint!["Aliases"] is JsonArray asked ? (JsonArray)asked.DeepClone() : [];
            foreach (string alias in (string[])[ShortId.Of(container.Id), container.Config.Hostname])
            {
                if (!Has(aliases, alias))
                {
                    aliases.Add((JsonNode)alias);
                }
            }

            endpoint["Aliases"] = aliases;
        }
    }

    private static bool Has(JsonArray texts, string text)
    {
        foreach (JsonNode? item in texts)
        {
            if (item?.GetValue<string>() == text)
            {
                return true;
            }
        }

        return false;
    }
}
