using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Documents;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Inspection;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.Volumes;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>A container in the list (Engine API, ContainerSummary).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ContainerListDocument(StateLayout layout)
{
    private const string NoHealthCheck = "none";

    internal JsonObject Of(ContainerSummary summary, bool size, ApiVersion version)
    {
        Container container = summary.Container;
        ContainerRecord record = container.Record;
        JsonObject document = new()
        {
            ["Id"] = record.Id,
            ["Names"] = JsonFields.ToArray(["/" + record.Name]),
            ["Image"] = record.Request.Image,
            ["ImageID"] = record.ImageId,
            ["Command"] = string.Join(' ', record.Arguments),
            ["Created"] = record.CreatedAt.ToUnixTimeSeconds(),
            ["Ports"] = Ports(summary),
        };
        if (size && summary.Size is { } occupied)
        {
            document["SizeRw"] = occupied.Writable;
            document["SizeRootFs"] = occupied.Virtual;
        }

        document["Labels"] = JsonFields.ToObject(summary.Labels);
        document["State"] = container.State.Status.ToString().ToLowerInvariant();
        document["Status"] = ContainerStatusText.Of(container.State, System.DateTimeOffset.UtcNow);
        JsonObject host = new() { ["NetworkMode"] = record.Request.Network ?? "none" };
        if (version >= new ApiVersion(46) && record.Request.Annotations.Count > 0)
        {
            host["Annotations"] = JsonFields.ToObject(record.Request.Annotations);
        }

        document["HostConfig"] = host;
        document["NetworkSettings"] = new JsonObject { ["Networks"] = Networks(container, version) };
        document["Mounts"] = Mounts(record.Request.Mounts);
        if (version >= new ApiVersion(52))
        {
            // Also of one without a check, or that does not run.
            document["Health"] = new JsonObject
            {
                ["Status"] = container.State.Health?.Status ?? NoHealthCheck,
                ["FailingStreak"] = container.State.Health?.FailingStreak ?? 0,
            };
        }

        return document;
    }

    private static JsonArray Ports(ContainerSummary summary)
    {
        JsonArray ports = [];
        foreach (PublishedPort port in summary.Ports)
        {
            ports.Add((JsonNode)new JsonObject
            {
                ["IP"] = port.HostAddress.ToString(),
                ["PrivatePort"] = port.ContainerPort,
                ["PublicPort"] = port.HostPort,
                ["Type"] = port.ProtocolName,
            });
        }

        foreach (ExposedPort port in summary.UnpublishedPorts)
        {
            ports.Add((JsonNode)new JsonObject { ["PrivatePort"] = port.Number, ["Type"] = port.Protocol });
        }

        return ports;
    }

    private JsonObject Networks(Container container, ApiVersion version)
    {
        JsonObject networks = [];
        foreach ((string name, InspectedEndpoint endpoint) in InspectContainer.NetworksOf(layout, container))
        {
            JsonObject document = new()
            {
                ["IPAMConfig"] = endpoint.IpamConfig is { } asked ? Addresses(asked) : null,
                ["Links"] = endpoint.Links is null ? null : JsonFields.ToArray(endpoint.Links),
                ["Aliases"] = endpoint.Aliases is null ? null : JsonFields.ToArray(endpoint.Aliases),
                ["MacAddress"] = endpoint.MacAddress,
                ["DriverOpts"] = endpoint.DriverOpts is null ? null : JsonFields.ToObject(endpoint.DriverOpts),
                ["NetworkID"] = endpoint.NetworkId,
                ["EndpointID"] = endpoint.EndpointId,
                ["Gateway"] = endpoint.Gateway,
                ["IPAddress"] = endpoint.IPAddress,
                ["IPPrefixLen"] = endpoint.IPPrefixLen,
                ["IPv6Gateway"] = endpoint.IPv6Gateway,
                ["GlobalIPv6Address"] = endpoint.GlobalIPv6Address,
                ["GlobalIPv6PrefixLen"] = endpoint.GlobalIPv6PrefixLen,
                ["DNSNames"] = endpoint.DnsNames is null ? null : JsonFields.ToArray(endpoint.DnsNames),
            };
            if (version >= new ApiVersion(48))
            {
                document["GwPriority"] = endpoint.GwPriority;
            }

            networks[name] = document;
        }

        return networks;
    }

    private static JsonObject Addresses(InspectedAddressRequest asked)
    {
        JsonObject document = [];
        if (asked.IPv4 is not null)
        {
            document["IPv4Address"] = asked.IPv4;
        }

        if (asked.IPv6 is not null)
        {
            document["IPv6Address"] = asked.IPv6;
        }

        if (asked.LinkLocal is not null)
        {
            document["LinkLocalIPs"] = JsonFields.ToArray(asked.LinkLocal);
        }

        return document;
    }

    private JsonArray Mounts(IReadOnlyList<MountRequest> requests)
    {
        JsonArray mounts = [];
        foreach (InspectedMount mount in InspectContainer.MountsOf(layout, requests).OrderBy(static mount => mount.Destination, System.StringComparer.Ordinal))
        {
            JsonObject document = new() { ["Type"] = mount.Type };
            if (mount.Name is not null)
            {
                document["Name"] = mount.Name;
            }

            document["Source"] = mount.Source;
            document["Destination"] = mount.Destination;
            if (mount.Driver is not null)
            {
                document["Driver"] = mount.Driver;
            }

            document["Mode"] = mount.Mode;
            document["RW"] = mount.IsWritable;
            document["Propagation"] = mount.Propagation;
            mounts.Add((JsonNode)document);
        }

        return mounts;
    }
}
