using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Cni;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Links;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Engine.Containers.Requests;

/// <content>What a request says of networks, and of names in them.</content>
public static partial class RequestValidation
{
    private static void CheckNetwork(ContainerCreateRequest request)
    {
        if (request.Network is { } mode)
        {
            CheckMode(request, mode);
        }

        HashSet<string> networks = new(StringComparer.Ordinal);
        foreach (EndpointRequest endpoint in request.Endpoints)
        {
            CheckEndpoint(endpoint);
            if (!networks.Add(endpoint.Network))
            {
                throw EngineException.Invalid($"network \"{endpoint.Network}\" is specified multiple times");
            }

            if (request.Endpoints.Count > 1 && !NetworkMode.IsBridge(endpoint.Network))
            {
                throw EngineException.Invalid(
                    "conflicting options: cannot attach both user-defined and non-user-defined network-modes");
            }
        }

        RequestedPorts.Check(request);
        CheckEgress(request);
        CheckNames(request);
        CheckLinks(request);
    }

    private static void CheckEgress(ContainerCreateRequest request)
    {
        if (EgressPolicy.Of(request) is null)
        {
            return;
        }

        string mode = request.Network ?? BuiltInNetworks.None;
        string? why =
            mode == BuiltInNetworks.Host ? "host network mode: what the host sends is not the container's"
            : NetworkMode.SharedContainer(mode) is not null ? "container type networking: the policy is that of the container that brings the network"
            : NetworkMode.CniNetwork(mode) is not null ? "CNI networks: what their plugins make passes no firewall of ours"
            : request.Endpoints.Any(static endpoint => endpoint.LinkLocalAddresses.Count > 0) ? "link-local addresses: the policy is about the container's address"
            : null;
        if (why is not null)
        {
            throw EngineException.Invalid($"conflicting options: egress and {why}");
        }
    }

    private static void CheckLinks(ContainerCreateRequest request)
    {
        if (request.Links.Count == 0)
        {
            return;
        }

        string mode = request.Network ?? BuiltInNetworks.None;
        if (!NetworkMode.IsBridge(mode))
        {
            string type = NetworkMode.SharedContainer(mode) is null ? mode : "container";
            throw EngineException.Invalid(
                $"conflicting options: {type} type networking can't be used with links. This would result in undefined behavior");
        }

        foreach (string link in request.Links)
        {
            LinkSyntax.Parse(link);
        }
    }

    private static void CheckMode(ContainerCreateRequest request, string mode)
    {
        if (mode.Length == 0)
        {
            throw EngineException.Invalid("the network's name is empty");
        }

        if (NetworkMode.SharedContainer(mode) is { } container)
        {
            CheckShared(request, container);
        }
        else if (!NetworkValidation.IsName(NetworkMode.CniNetwork(mode) ?? mode))
        {
            throw EngineException.Invalid($"invalid network name '{mode}': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }

        if (mode != BuiltInNetworks.Host)
        {
            return;
        }

        foreach (string name in request.Sysctls.Keys)
        {
            if (name.StartsWith("net.", StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"sysctl '{name}' not allowed in host network namespace");
            }
        }
    }

    /// <summary>What belongs to the container that brings the network is not another's to say.</summary>
    private static void CheckShared(ContainerCreateRequest request, string container)
    {
        string? conflict =
            container.Length == 0 ? "invalid container format container:<name|id>"
            : request.Hostname is not null ? "conflicting options: hostname and the network mode"
            : request.Dns.Count + request.DnsSearch.Count + request.DnsOptions.Count > 0 ? "conflicting options: dns and the network mode"
            : request.ExtraHosts.Count > 0 ? "conflicting options: custom host-to-IP mapping and the network mode"
            : null;
        if (conflict is not null)
        {
            throw EngineException.Invalid(conflict);
        }
    }

    /// <summary>Checks what a container asks for in one network.</summary>
    /// <exception cref="EngineException">Its first value that cannot be.</exception>
    internal static void CheckEndpoint(EndpointRequest endpoint)
    {
        string network = endpoint.Network;
        string? cni = NetworkMode.CniNetwork(network);
        if (network.Length == 0 || NetworkMode.SharedContainer(network) is null && !NetworkValidation.IsName(cni ?? network))
        {
            throw EngineException.Invalid($"invalid network name '{network}': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }

        if (!NetworkMode.IsUserDefined(network))
        {
            if (endpoint.IPv4 is not null || endpoint.IPv6 is not null)
            {
                throw InvalidEndpoint(network, "user specified IP address is supported on user defined networks only");
            }

            if (endpoint.Aliases.Count > 0)
            {
                throw InvalidEndpoint(network, "network-scoped alias is supported only for containers in user defined networks");
            }

            if (endpoint.Links.Count > 0)
            {
                throw InvalidEndpoint(network, "network-scoped links are supported only for containers in user defined networks");
            }
        }

        if (!NetworkMode.IsBridge(network) && cni is null && endpoint.MacAddress is not null)
        {
            throw EngineException.Invalid("conflicting options: mac-address and the network mode");
        }

        CheckAddress(network, endpoint.IPv4, isIPv6: false);
        CheckAddress(network, endpoint.IPv6, isIPv6: true);
        foreach (string text in endpoint.LinkLocalAddresses)
        {
            if (!Subnet.TryParseAddress(text, out _))
            {
                throw InvalidEndpoint(network, $"invalid link-local IP address: {text}");
            }
        }

        if (!NetworkMode.IsBridge(network) && (endpoint.LinkLocalAddresses.Count > 0 || endpoint.GwPriority != 0))
        {
            throw EngineException.Invalid("conflicting options: link-local addresses or gw-priority and the network mode");
        }

        foreach (string link in endpoint.Links)
        {
            LinkSyntax.Parse(link);
        }

        foreach (string alias in endpoint.Aliases)
        {
            if (!IsDomain(alias))
            {
                throw InvalidEndpoint(network, $"invalid alias '{alias}'");
            }
        }

        if (endpoint.MacAddress is { } mac && (NetworkSyntax.NormalizeMac(mac) is not [_, var second, ..] || (Convert.ToInt32(second.ToString(), 16) & 1) != 0))
        {
            throw InvalidEndpoint(network, $"invalid mac-address '{mac}': it must be six bytes, and of one interface");
        }

        if (cni is null)
        {
            EndpointOptions.Parse(endpoint.Options);
        }
        else
        {
            CniRuntimeConfiguration.Check(endpoint.Options);
        }
    }

    private static void CheckAddress(string network, string? text, bool isIPv6)
    {
        if (text is null)
        {
            return;
        }

        if (!Subnet.TryParseAddress(text, out IPAddress? address)
            || address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 != isIPv6)
        {
            throw InvalidEndpoint(network, $"invalid {(isIPv6 ? "IPv6" : "IPv4")} address: {text}");
        }
    }

    private static EngineException InvalidEndpoint(string network, string why) =>
        EngineException.Invalid($"invalid config for network {network}: invalid endpoint settings: {why}");

    private static void CheckNames(ContainerCreateRequest request)
    {
        foreach (string server in request.Dns)
        {
            if (!ExtraHostSyntax.IsAddress(server))
            {
                throw EngineException.Invalid($"IP address is not correctly formatted: {server}");
            }
        }

        foreach (string domain in request.DnsSearch)
        {
            if (domain != "." && !IsDomain(domain))
            {
                throw EngineException.Invalid($"{domain} is not a valid domain");
            }
        }

        foreach (string option in request.DnsOptions)
        {
            if (option.Length == 0 || ContainsControl(option) || option.Contains(' ', StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"invalid DNS option: '{option}'");
            }
        }

        foreach (string host in request.ExtraHosts)
        {
            ExtraHostSyntax.Parse(host);
        }
    }
}
