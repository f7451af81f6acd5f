using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Links;
using FastRun.Engine.Networks.Ports;

namespace FastRun.DockerApi.Containers;

/// <summary>The networks, names and ports of a new container (Engine API, HostConfig and NetworkingConfig).</summary>
internal static class NetworkingBody
{
    internal static ContainerCreateRequest Apply(ContainerCreateRequest request, JsonElement body, JsonElement host, ApiVersion version)
    {
        // Nothing but loopback, which is the network "none".
        bool isDisabled = body.Flag("NetworkDisabled");
        string? mode = isDisabled ? BuiltInNetworks.None : host.Text("NetworkMode");
        List<EndpointRequest> endpoints = isDisabled ? [] : Endpoints(body, version, ref mode);
        List<string> links = host.Texts("Links").ConvertAll(LinkSyntax.Parse);
        MoveLinks(endpoints, links);
        return request with
        {
            Network = mode,
            Endpoints = endpoints is [var only] && IsPlain(only) ? [] : endpoints,
            Ports = Ports(host),
            PublishAllPorts = host.Flag("PublishAllPorts"),
            Dns = host.Texts("Dns"),
            DnsSearch = host.Texts("DnsSearch"),
            DnsOptions = host.Texts("DnsOptions"),
            ExtraHosts = host.Texts("ExtraHosts").ConvertAll(ExtraHostSyntax.Parse),
            Links = links,
        };
    }

    /// <summary>What a client asks for in one network (Engine API, EndpointSettings).</summary>
    /// <param name="network">The network's name or id.</param>
    /// <param name="settings">The rest; may be missing.</param>
    /// <param name="version">The version that the client speaks.</param>
    internal static EndpointRequest Endpoint(string network, JsonElement settings, ApiVersion version)
    {
        JsonElement addresses = settings.Object("IPAMConfig");
        return new EndpointRequest
        {
            Network = network,
            IPv4 = addresses.Text("IPv4Address"),
            IPv6 = addresses.Text("IPv6Address"),
            LinkLocalAddresses = addresses.Texts("LinkLocalIPs"),
            MacAddress = version >= new ApiVersion(44) && settings.Text("MacAddress") is { } mac ? NetworkSyntax.Mac(mac) : null,
            Aliases = settings.Texts("Aliases"),
            Links = settings.Texts("Links").ConvertAll(LinkSyntax.Parse),
            GwPriority = version >= new ApiVersion(48) ? (int)Math.Clamp(settings.Number("GwPriority") ?? 0, int.MinValue, int.MaxValue) : 0,
            Options = settings.Map("DriverOpts"),
        };
    }

    private static List<EndpointRequest> Endpoints(JsonElement body, ApiVersion version, ref string? mode)
    {
        List<EndpointRequest> endpoints = [];
        foreach (JsonProperty endpoint in body.Object("NetworkingConfig").Members("EndpointsConfig"))
        {
            EndpointRequest request = Endpoint(endpoint.Name, endpoint.Value, version);
            endpoints.Insert(endpoint.Name == mode ? 0 : endpoints.Count, request);
        }

        if (endpoints.Count > 1 && version < new ApiVersion(44))
        {
            throw ApiException.Invalid($"Container cannot be connected to network endpoints: {string.Join(", ", endpoints.ConvertAll(static endpoint => endpoint.Network))}");
        }

        // Clients of old give the hardware address beside the image.
        if (body.Text("MacAddress") is { } mac)
        {
            EndpointRequest first = endpoints.Count > 0 ? endpoints[0] : new EndpointRequest { Network = mode ?? NetworkMode.Default };
            if (first.MacAddress is { } own && own != NetworkSyntax.Mac(mac))
            {
                throw ApiException.Invalid("the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty");
            }

            first = first with { MacAddress = NetworkSyntax.Mac(mac) };
            endpoints = [first, .. endpoints.Count > 1 ? endpoints[1..] : []];
        }

        if (endpoints.Count == 0)
        {
            return endpoints;
        }

        if (mode is null or NetworkMode.Default && endpoints[0].Network != NetworkMode.Default)
        {
            mode = endpoints[0].Network;
        }
        else if (endpoints[0].Network != mode)
        {
            endpoints.Insert(0, new EndpointRequest { Network = mode ?? NetworkMode.Default });
        }

        return endpoints;
    }

    /// <summary>On the default network, where nobody has a name, a link is the container's, not the network's: newer clients give it in both places.</summary>
    private static void MoveLinks(List<EndpointRequest> endpoints, List<string> links)
    {
        for (int i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i].Network is not (NetworkMode.Default or BuiltInNetworks.Bridge))
            {
                continue;
            }

            foreach (string link in endpoints[i].Links)
            {
                if (!links.Contains(link))
                {
                    links.Add(link);
                }
            }

            endpoints[i] = endpoints[i] with { Links = [] };
        }
    }

    private static bool IsPlain(EndpointRequest endpoint) => endpoint is
    {
        IPv4: null, IPv6: null, MacAddress: null, Aliases.Count: 0, LinkLocalAddresses.Count: 0, GwPriority: 0, Options.Count: 0, Links.Count: 0,
    };

    private static List<PortBinding> Ports(JsonElement host)
    {
        List<PortBinding> ports = [];
        foreach (JsonProperty port in host.Members("PortBindings"))
        {
            bool any = false;
            foreach (JsonElement binding in host.Object("PortBindings").Objects(port.Name))
            {
                any = true;
                string address = binding.Text("HostIp") ?? "";
                address = address.Contains(':', StringComparison.Ordinal) && address[0] != '[' ? $"[{address}]" : address;
                ports.AddRange(PortSyntax.Parse($"{address}:{binding.Text("HostPort") ?? ""}:{port.Name}"));
            }

            if (!any)
            {
                ports.AddRange(PortSyntax.Parse(port.Name));
            }
        }

        return ports;
    }
}
