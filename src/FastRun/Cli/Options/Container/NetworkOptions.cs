using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about the network and about names in it.</summary>
internal sealed class NetworkOptions
{
    private readonly List<string> _hosts = [];
    private readonly List<string> _dns = [];
    private readonly List<string> _dnsSearch = [];
    private readonly List<string> _dnsOptions = [];
    private string? _network;

    internal Option[] Build()
    {
        var network = new Option("network", '\0', "network", "The network: none or host (default none)", value => _network = value);
        var dnsOption = new Option("dns-option", '\0', "list", "Set an option of the resolver, for example ndots:2", _dnsOptions.Add);
        return
        [
            network,
            network.Alias("net"),
            new("add-host", '\0', "list", "Add a line to /etc/hosts: name:ip", value => _hosts.Add(ExtraHostSyntax.Parse(value))),
            new("dns", '\0', "list", "Set a DNS server", AddServer),
            new("dns-search", '\0', "list", "Set a DNS search domain", _dnsSearch.Add),
            dnsOption,
            dnsOption.Alias("dns-opt"),
            new("link", '\0', "list", "Refused: a link to another container needs a network that both are in", RefuseLink),
        ];
    }

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) => request with
    {
        Network = _network,
        ExtraHosts = _hosts,
        Dns = _dns,
        DnsSearch = _dnsSearch,
        DnsOptions = _dnsOptions,
    };

    /// <summary>With the networks none and host no container has an address of its own that a link could lead to.</summary>
    private static void RefuseLink(string text) => throw new EngineException(
        ErrorKind.Unsupported, $"link {text}: there are no networks yet in which a container has an address", hint: "with --network host containers find each other at localhost");

    private void AddServer(string text) => _dns.Add(ExtraHostSyntax.IsAddress(text)
        ? text
        : throw EngineException.Invalid($"IP address is not correctly formatted: {text}"));
}
