using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Links;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about the network and about names in it.</summary>
internal sealed class NetworkOptions
{
    private readonly List<string> _hosts = [];
    private readonly List<string> _dns = [];
    private readonly List<string> _dnsSearch = [];
    private readonly List<string> _dnsOptions = [];
    private readonly List<string> _links = [];
    private readonly List<string> _aliases = [];
    private readonly List<string> _linkLocal = [];
    private readonly List<EndpointRequest> _networks = [];
    private readonly List<PortBinding> _ports = [];
    private readonly List<string> _exposed = [];
    private IReadOnlyList<string>? _egress;
    private bool _publishAll;
    private string? _ipv4;
    private string? _ipv6;
    private string? _mac;

    internal Option[] Build()
    {
        var network = new Option(
            "network", '\0', "network", "Connect to a network: bridge, host, none, container:NAME, or NAME[:ip=ADDRESS,alias=NAME,...]; more than once for several", value => _networks.Add(NetworkSyntax.Parse(value)));
        var alias = new Option("network-alias", '\0', "list", "Add a name for the container in its first network", _aliases.Add);
        var dnsOption = new Option("dns-option", '\0', "list", "Set an option of the resolver, for example ndots:2", _dnsOptions.Add);
        return
        [
            network,
            network.Alias("net"),
            alias,
            alias.Alias("net-alias"),
            new("ip", '\0', "ip", "IPv4 address in its first network (e.g., 172.30.100.104)", value => _ipv4 = value),
            new("ip6", '\0', "ip", "IPv6 address in its first network (e.g., 2001:db8::33)", value => _ipv6 = value),
            new("link-local-ip", '\0', "list", "Add a link-local address in its first network", _linkLocal.Add),
            new("mac-address", '\0', "string", "Hardware address in its first network (e.g., 92:d0:c6:0a:29:33)", value => _mac = NetworkSyntax.Mac(value)),
            new("add-host", '\0', "list", "Add a line to /etc/hosts: name:ip, or name:host-gateway", value => _hosts.Add(ExtraHostSyntax.Parse(value))),
            new("publish", 'p', "list", "Publish ports of the container: [[IP:]HOSTPORT:]PORT[/PROTOCOL], ranges too", value => _ports.AddRange(PortSyntax.Parse(value))),
            Option.Switch("publish-all", 'P', "Publish all exposed ports to ports of the host that are free", value => _publishAll = value),
            new("expose", '\0', "list", "Say that the container listens at a port or a range of ports", value => _exposed.AddRange(PortSyntax.ParseExposed(value))),
            new("dns", '\0', "list", "Set a DNS server", AddServer),
            new("dns-search", '\0', "list", "Set a DNS search domain", _dnsSearch.Add),
            dnsOption,
            dnsOption.Alias("dns-opt"),
            new("egress", '\0', "policy", "Where it may send: all, none, or a file with a rule a line, HOST[/BITS][:PORT][/PROTOCOL] (docs/networks.md)", value => _egress = EgressPolicy.Read(value)),
            new("link", '\0', "list", "Link to another container, by its name or another one: NAME[:ALIAS]", value => _links.Add(LinkSyntax.Parse(value))),
        ];
    }

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request)
    {
        List<EndpointRequest> endpoints = [.. _networks];
        bool isSaid = _ipv4 is not null || _ipv6 is not null || _mac is not null || _aliases.Count > 0 || _linkLocal.Count > 0;
        if (isSaid)
        {
            EndpointRequest first = endpoints.Count > 0 ? endpoints[0] : new EndpointRequest { Network = NetworkMode.Default };
            endpoints = [WithFlags(first), .. endpoints.Count > 1 ? endpoints[1..] : []];
        }

        return request with
        {
            Network = endpoints.Count > 0 ? endpoints[0].Network : null,
            Endpoints = endpoints is [{ IPv4: null, IPv6: null, MacAddress: null, Aliases.Count: 0, LinkLocalAddresses.Count: 0, GwPriority: 0, Options.Count: 0 }] ? [] : endpoints,
            Ports = _ports,
            PublishAllPorts = _publishAll,
            ExposedPorts = _exposed,
            ExtraHosts = _hosts,
            Dns = _dns,
            DnsSearch = _dnsSearch,
            DnsOptions = _dnsOptions,
            Links = _links,
            Egress = _egress,
        };
    }

    private EndpointRequest WithFlags(EndpointRequest first)
    {
        string? conflict =
            _aliases.Count > 0 && first.Aliases.Count > 0 ? "--network-alias and per-network alias"
            : _ipv4 is not null && first.IPv4 is not null ? "--ip and per-network IPv4 address"
            : _ipv6 is not null && first.IPv6 is not null ? "--ip6 and per-network IPv6 address"
            : _mac is not null && first.MacAddress is not null ? "--mac-address and per-network MAC address"
            : _linkLocal.Count > 0 && first.LinkLocalAddresses.Count > 0 ? "--link-local-ip and per-network link-local IP addresses"
            : null;
        return conflict is null
            ? first with
            {
                IPv4 = _ipv4 ?? first.IPv4,
                IPv6 = _ipv6 ?? first.IPv6,
                MacAddress = _mac ?? first.MacAddress,
                Aliases = _aliases.Count > 0 ? _aliases : first.Aliases,
                LinkLocalAddresses = _linkLocal.Count > 0 ? _linkLocal : first.LinkLocalAddresses,
            }
            : throw EngineException.Invalid($"conflicting options: cannot specify both {conflict}");
    }

    private void AddServer(string text) => _dns.Add(ExtraHostSyntax.IsAddress(text)
        ? text
        : throw EngineException.Invalid($"IP address is not correctly formatted: {text}"));
}
